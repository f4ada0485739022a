/** The prompt that a type would send for a community, what it is built from, and what the community lacks for it. */

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
  #asking = new AbortController();
  #parts = h("div", { class: "row parts" });
  #shown = h("div", { "aria-live": "polite" });

  start() {
    this.shadowRoot.replaceChildren(h("span", { class: "label", id: "label" }, "Prompt"), this.#shown, this.#parts);
    this.signal.addEventListener("abort", () => this.#asking.abort());
  }

  /** `ask(signal)` gives the prompt as the server builds it. Tells `preview-shown` {isUsable}. */
  async show(community, type, ask) {
    this.#asking.abort();
    const { signal } = (this.#asking = new AbortController());
    this.#parts.replaceChildren(
      h("span", { class: "hint" }, "Built from"),
      ...BOT_VIDEO_TYPES[type].parts.map((part) => badge(part, community)),
    );
    const before = this.#shown.querySelector(".prompt");
    if (before) before.classList.add("old");
    else this.#shown.replaceChildren(h("div", { class: "skeleton", "aria-hidden": "true" }));
    try {
      const { final_prompt: prompt } = await ask(signal);
      if (signal.aborted) return;
      this.#shown.replaceChildren(h("p", { class: "prompt", role: "group", "aria-label": "Prompt" }, prompt));
      this.tell("preview-shown", { isUsable: true });
    } catch (error) {
      if (signal.aborted) return;
      this.#shown.replaceChildren(this.#refusal(error, community, () => this.show(community, type, ask)));
      this.tell("preview-shown", { isUsable: false });
    }
  }

  #refusal(error, community, again) {
    if (error.code !== "community_data_missing")
      return h(
        "div",
        { class: "notice bad", role: "alert" },
        h("span", {}, error.message),
        h("button", { type: "button", class: "chip", onclick: again }, "Try again"),
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
        h("a", { href: settingsUrl(community), onclick: () => this.tell("settings-wanted") }, "Open its settings"),
      ),
    );
  }
}

function badge({ word, of }, community) {
  const value = of(community);
  return value
    ? h("span", { class: "badge good" }, icon("check"), h("span", { title: value }, `${word}: ${value}`))
    : h("span", { class: "badge warm" }, h("span", {}, `No ${word.toLowerCase()} yet`));
}

/** The API names fields as programs know them. */
const plain = (text) =>
  text
    .replace(" Edit the community and try again.", " Add what is missing and come back.")
    .replaceAll(/\b(agent|token)_(instructions|name|symbol)\b/g, "$1 $2");

customElements.define("prompt-preview", PromptPreview);
