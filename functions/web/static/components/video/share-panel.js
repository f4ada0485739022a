/** The public link of a completed video: create, copy, share and revoke. Emits `sharing-stopped`. */

import * as api from "../../data/api.js";
import { copyText } from "../../lib/clipboard.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { formatDate } from "../../lib/format.js";
import { toast } from "../../lib/toast-stack.js";

const style = sheet(`
.panel { display: grid; gap: 0.6rem; background: var(--sunken); }
.link { display: flex; gap: 0.5rem; }
.link input { min-width: 0; text-overflow: ellipsis; }
.link button { flex: none; }
button, .button { background: var(--surface); }
@media (max-width: 30rem) { .link { flex-wrap: wrap; } .link button { flex: 1; } }
`);

class SharePanel extends Element {
  static sheets = [style];
  #video = null;
  #requests = new Map(); // promises of links, by video id

  start() {
    this.hidden = true;
  }

  /** Another video closes the panel. Only `open` creates a link. */
  set video(video) {
    if (video.id !== this.#video?.id) this.hidden = true;
    this.#video = video;
  }

  async open() {
    const video = this.#video;
    this.hidden = false;
    this.shadowRoot.replaceChildren(
      h(
        "div",
        { class: "panel", role: "status" },
        h("span", { class: "quiet row" }, h("span", { class: "spinner" }), "Creating link…"),
      ),
    );
    try {
      const link = await this.#link(video);
      if (this.#isOf(video)) this.#show(link);
    } catch (error) {
      if (this.#isOf(video)) this.#fail(error);
    }
  }

  #isOf({ id }) {
    return this.#video.id === id;
  }

  /** Request the link once, even if the panel is opened again meanwhile. */
  #link(video) {
    const request = this.#requests.get(video.id) ?? api.share(video).finally(() => this.#requests.delete(video.id));
    this.#requests.set(video.id, request);
    return request;
  }

  #show({ url, expires_at: expiresAt }) {
    const field = h("input", { id: "link", readonly: true, value: url, onfocus: () => field.select() });
    const copying = h(
      "button",
      { type: "button", onclick: () => copyText(url, { message: "Link copied", field }) },
      icon("link"),
      "Copy link",
    );
    const until = expiresAt ? ` It expires on ${formatDate(expiresAt)}.` : "";
    this.shadowRoot.replaceChildren(
      h(
        "div",
        { class: "panel" },
        h(
          "div",
          { class: "field" },
          h("label", { for: "link" }, "Share link"),
          h("div", { class: "link" }, field, copying),
          h("p", { class: "hint" }, `Anyone with this link can watch the video.${until}`),
        ),
        h(
          "div",
          { class: "row" },
          shareLink("Share on X", "https://x.com/intent/post", url),
          shareLink("Share on Telegram", "https://t.me/share/url", url),
          h(
            "button",
            { type: "button", class: "danger", onclick: (event) => this.#stop(event.currentTarget) },
            "Stop sharing",
          ),
        ),
      ),
    );
    this.scrollIntoView({ block: "nearest" });
    copying.focus();
  }

  async #stop(button) {
    const video = this.#video;
    button.disabled = true;
    try {
      await api.unshare(video);
      toast("Sharing stopped. The link no longer works.");
      if (!this.#isOf(video)) return;
      this.hidden = true;
      this.emit("sharing-stopped");
    } catch (error) {
      if (this.#isOf(video)) this.#fail(error);
    }
  }

  #fail(error) {
    this.shadowRoot.replaceChildren(h("div", { class: "notice bad", role: "alert" }, error.message));
  }
}

/** Pass on the link only, never the prompt. */
function shareLink(text, page, url) {
  return h(
    "a",
    { class: "button", href: `${page}?${new URLSearchParams({ url })}`, target: "_blank", rel: "noopener noreferrer" },
    text,
  );
}

customElements.define("share-panel", SharePanel);
