/** A completed video's public link: made when asked for, copied, passed on, and taken back. */

import * as api from "../../data/api.js";
import { copy } from "../../lib/clipboard.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { day } from "../../lib/format.js";
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
  #makings = new Map(); // promises of links, by the video's id

  start() {
    this.hidden = true;
  }

  /** Another one closes the panel; its link is made by `open` alone. */
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
        h("span", { class: "quiet row" }, h("span", { class: "spinner" }), "Making the link"),
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

  /** Asked for once, however often the panel is opened before it is there. */
  #link(video) {
    const making = this.#makings.get(video.id) ?? api.share(video).finally(() => this.#makings.delete(video.id));
    this.#makings.set(video.id, making);
    return making;
  }

  #show({ url, expires_at: expiresAt }) {
    const field = h("input", { id: "link", readonly: true, value: url, onfocus: () => field.select() });
    const copying = h(
      "button",
      { type: "button", onclick: () => copy(url, { said: "Link copied", field }) },
      icon("link"),
      "Copy link",
    );
    const until = expiresAt ? ` It works until ${day(expiresAt)}.` : "";
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
          outside("Share on X", "https://x.com/intent/post", url),
          outside("Share on Telegram", "https://t.me/share/url", url),
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
      toast("Sharing has stopped. The link no longer works.");
      if (!this.#isOf(video)) return;
      this.hidden = true;
      this.tell("sharing-stopped");
    } catch (error) {
      if (this.#isOf(video)) this.#fail(error);
    }
  }

  #fail(error) {
    this.shadowRoot.replaceChildren(h("div", { class: "notice bad", role: "alert" }, error.message));
  }
}

/** Only the link goes there, and no word of the prompt. */
function outside(words, page, url) {
  return h(
    "a",
    { class: "button", href: `${page}?${new URLSearchParams({ url })}`, target: "_blank", rel: "noopener noreferrer" },
    words,
  );
}

customElements.define("share-panel", SharePanel);
