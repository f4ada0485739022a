/** An option with a list of values. */

import { h, sheet } from "../../../lib/dom.js";
import { OptionField } from "./option-field.js";

const style = sheet(`
:host { display: grid; gap: 0.35rem; align-content: start; }
select { width: auto; min-width: 12rem; max-width: 100%; justify-self: start; }
`);

class OptionSelect extends OptionField {
  static sheets = [style];
  #select = h("select", {
    id: "select",
    "aria-describedby": "hint error",
    onchange: () => this.choose(this.#select.value || null),
  });

  build() {
    return [h("label", { for: "select" }, this.label), this.#select];
  }

  render({ value, spec, obstacle }) {
    const offered = spec.values.join();
    if (this.#select.dataset.offered !== offered) {
      this.#select.dataset.offered = offered;
      const none = spec.default === null && h("option", { value: "" }, "None");
      const options = spec.values.map((it) => h("option", { value: it }, inWords(it)));
      this.#select.replaceChildren(...[none, ...options].filter(Boolean));
    }
    this.#select.value = value ?? spec.default ?? "";
    this.#select.disabled = Boolean(obstacle) && value === null;
  }
}

/** "dolly_in" as "Dolly in". */
export function inWords(value) {
  const text = String(value).replaceAll(/[_-]/g, " ");
  return text[0].toUpperCase() + text.slice(1);
}

customElements.define("option-select", OptionSelect);
