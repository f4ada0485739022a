/** Preview the prompt of a community video, the community fields it uses, and the missing ones. Emits `preview-shown`. */

import { BOT_VIDEO_TYPES } from "../../data/bot-video-types.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { settingsUrl } from "../../lib/urls.js";

const style = sheet(`
:host { display: grid; gap: 0.6rem; }
.prompt { margin: 0; padding: 0.8rem 0.9rem; border-radius: 0.625rem; background: var(--sunken); font-size: 0.9375rem; overflow-wrap: anywhere; }
.prompt.old { opacity: 0.5; }
.parts { gap: 0.35rem; }
.badge { max-width: 100%; }
.badge span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 14rem; }
.badge .icon { width: 1em; height: 1em; }
.skeleton { height: 7rem; }
`);

class PromptPreview extends Element {
  static sheets = [style];
  #aborter = new AbortController();
  #parts = h("div", { class: "row parts" });
  #shown = h("div", { "aria-live": "polite" });

  start() {
    this.shadowRoot.replaceChildren(h("span", { class: "label", id: "label" }, "Prompt"), this.#shown, this.#parts);
    this.signal.addEventListener("abort", () => this.#aborter.abort());
  }

  /** `fetchPrompt(signal)` returns the prompt that the server renders. Emits `preview-shown` {isUsable}. */
  async show(community, type, fetchPrompt) {
    this.#aborter.abort();
    this.#aborter = new AbortController();
    const { signal } = this.#aborter;
    this.#parts.replaceChildren(
      h("span", { class: "hint" }, "Based on"),
      ...BOT_VIDEO_TYPES[type].parts.map((part) => badge(part, community)),
    );
    const before = this.#shown.querySelector(".prompt");
    if (before) before.classList.add("old");
    else this.#shown.replaceChildren(h("div", { class: "skeleton", "aria-hidden": "true" }));
    try {
      const { final_prompt: prompt } = await fetchPrompt(signal);
      if (signal.aborted) return;
      this.#shown.replaceChildren(h("p", { class: "prompt", role: "group", "aria-label": "Prompt" }, prompt));
      this.emit("preview-shown", { isUsable: true });
    } catch (error) {
      if (signal.aborted) return;
      this.#shown.replaceChildren(this.#errorNotice(error, community, () => this.show(community, type, fetchPrompt)));
      this.emit("preview-shown", { isUsable: false });
    }
  }

  #errorNotice(error, community, onRetry) {
    if (error.code !== "community_data_missing")
      return h(
        "div",
        { class: "notice bad", role: "alert" },
        h("span", {}, error.message),
        h("button", { type: "button", class: "chip", onclick: onRetry }, "Try again"),
      );
    return h(
      "div",
      { class: "notice warm", role: "alert" },
      icon("warning"),
      h(
        "span",
        {},
        plain(error.message),
        " ",
        h("a", { href: settingsUrl(community), onclick: () => this.emit("settings-requested") }, "Open settings"),
      ),
    );
  }
}

function badge({ label, of }, community) {
  const value = of(community);
  return value
    ? h("span", { class: "badge good" }, icon("check"), h("span", { title: value }, `${label}: ${value}`))
    : h("span", { class: "badge warm" }, h("span", {}, `No ${label.toLowerCase()} yet`));
}

/** Replace the API's field names and hint by what the user sees. */
const plain = (text) =>
  text
    .replace(" Edit the community and try again.", " Complete the settings and try again.")
    .replaceAll(/\b(agent|token)_(instructions|name|symbol)\b/g, "$1 $2");

customElements.define("prompt-preview", PromptPreview);
