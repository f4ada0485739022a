/** The types of community videos as radio cards. Emits `type-chosen`. */

import { BOT_VIDEO_TYPES } from "../../data/bot-video-types.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";

const ICONS = { intro: "user", promo: "sparkle", token_reveal: "coin", custom: "film" };

const style = sheet(`
fieldset { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(8.5rem, 100%), 1fr)); gap: 0.6rem; margin: 0; padding: 0; border: 0; }
legend { margin-bottom: 0.35rem; padding: 0; font-size: 0.875rem; font-weight: 600; }
label { position: relative; display: grid; gap: 0.2rem; align-content: start; padding: 0.8rem 0.9rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--raised); cursor: pointer; transition: border-color 120ms, background-color 120ms; }
label:hover { border-color: var(--accent); }
label:has(:checked) { border-color: var(--accent); background: var(--tint); box-shadow: inset 0 0 0 1px var(--accent); }
label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
input { position: absolute; opacity: 0; }
.icon { color: var(--accent); }
strong { font-size: 0.9375rem; font-weight: 650; }
label span { font-size: 0.8125rem; font-weight: 400; line-height: 1.35; color: var(--quiet); }
@media (max-width: 30rem) {
  fieldset { grid-template-columns: 1fr 1fr; }
}
@media (forced-colors: active) { label:has(:checked) { outline: 3px solid Highlight; } }
`);

class TypeCards extends Element {
  static sheets = [style];
  #value = "intro";

  get value() {
    return this.#value;
  }

  set value(type) {
    this.#value = Object.hasOwn(BOT_VIDEO_TYPES, type) ? type : "custom";
    const radio = this.find(`[value=${this.#value}]`);
    if (radio) radio.checked = true;
  }

  start() {
    this.shadowRoot.replaceChildren(
      h(
        "fieldset",
        { onchange: ({ target }) => this.#choose(target.value) },
        h("legend", {}, "Type"),
        Object.entries(BOT_VIDEO_TYPES).map(([type, { label, description }]) =>
          h(
            "label",
            {},
            h("input", {
              type: "radio",
              name: "type",
              value: type,
              checked: type === this.#value,
              "aria-describedby": `${type}-description`,
              "aria-label": label,
            }),
            icon(ICONS[type]),
            h("strong", {}, label),
            h("span", { id: `${type}-description` }, description),
          ),
        ),
      ),
    );
  }

  focus() {
    this.find(":checked").focus();
  }

  #choose(type) {
    this.#value = type;
    this.emit("type-chosen", { type });
  }
}

customElements.define("type-cards", TypeCards);
