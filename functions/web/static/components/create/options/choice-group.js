/** Radio buttons for a field with few values, or a select for many. Values that a rule forbids are disabled, with the reason below. */

import { valueText } from "../../../data/option-words.js";
import { h, sheet } from "../../../lib/dom.js";
import { OptionField } from "./option-field.js";

const MAX_SEGMENTS = 4;

const style = sheet(`
:host { max-width: 100%; }
fieldset { min-width: 0; margin: 0; padding: 0; border: 0; }
legend, label.legend { padding: 0; margin-bottom: 0.35rem; font-size: 0.875rem; font-weight: 600; }
.segments { display: flex; flex-wrap: wrap; gap: 0.25rem; width: fit-content; max-width: 100%; padding: 0.2rem; border-radius: 0.75rem; background: var(--sunken); }
.segments label { position: relative; display: flex; align-items: center; justify-content: center; gap: 0.45rem; min-width: 2.75rem; min-height: 2.5rem; padding: 0.2rem 0.7rem; border-radius: 0.6rem; color: var(--quiet); font-weight: 550; cursor: pointer; }
.segments label:hover { color: var(--text); }
.segments label:has(:checked) { background: var(--raised); color: var(--text); box-shadow: var(--shade); }
.segments label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 1px; }
.segments label:has(:disabled) { opacity: 0.55; cursor: default; text-decoration: line-through; }
.segments input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: inherit; }
.shape { flex: none; border: 1.75px solid currentColor; border-radius: 3px; }
select { width: auto; min-width: 8rem; max-width: 100%; }
#hint { margin-top: 0.35rem; max-width: 24rem; }
#hint:empty { display: none; }
@media (forced-colors: active) { .segments label:has(:checked) { outline: 2px solid; } }
`);

/**
 * @typedef {object} GroupState
 * @property {any} value
 * @property {any[]} values
 * @property {Map<any, string>} obstacles the reason for each value that cannot be chosen
 * @property {string | null} [hint]
 */

class ChoiceGroup extends OptionField {
  static sheets = [style];
  #controls = h("div");
  #offered = "";

  build() {
    return [this.#controls];
  }

  get label() {
    return this.getAttribute("label") ?? super.label;
  }

  /** @param {GroupState} state */
  render({ value, values, obstacles }) {
    if (this.#offered !== values.join()) {
      this.#offered = values.join();
      this.#controls.replaceChildren(values.length > MAX_SEGMENTS ? this.#select(values) : this.#segments(values));
    }
    this.hidden = values.length < 2;
    const chosen = String(value);
    this.#controls.querySelectorAll("input").forEach((input, index) => {
      input.checked = input.value === chosen;
      input.disabled = obstacles.has(values[index]);
    });
    const select = this.#controls.querySelector("select");
    if (!select) return;
    select.value = chosen;
    [...select.options].forEach((option, index) => {
      option.disabled = obstacles.has(values[index]);
    });
  }

  #segments(values) {
    const name = this.field;
    const segment = (value) => {
      const input = h("input", { type: "radio", name, value, onchange: () => this.choose(value) });
      return h("label", {}, input, name === "aspect_ratio" && ratioIcon(value), valueText(name, value));
    };
    return h(
      "fieldset",
      { "aria-describedby": "hint error" },
      h("legend", {}, this.label),
      h("div", { class: "segments" }, values.map(segment)),
    );
  }

  #select(values) {
    const onchange = ({ target }) => this.choose(values[target.selectedIndex]);
    const options = values.map((it) => h("option", { value: it }, valueText(this.field, it)));
    const attributes = { id: "select", "aria-describedby": "hint error", onchange };
    return h("div", {}, h("label", { class: "legend", for: "select" }, this.label), h("select", attributes, options));
  }
}

function ratioIcon(ratio) {
  const [x, y] = ratio.split(":").map(Number);
  const node = h("span", { class: "shape", "aria-hidden": "true" });
  node.style.width = `${(x / Math.max(x, y)) * 1.25}rem`;
  node.style.height = `${(y / Math.max(x, y)) * 1.25}rem`;
  return node;
}

customElements.define("choice-group", ChoiceGroup);
