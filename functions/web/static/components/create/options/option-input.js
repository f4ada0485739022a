/** An option that is a text or a number, by the attribute `type`: "text", "number" or "range". */

import { h, sheet } from "../../../lib/dom.js";
import { OptionField } from "./option-field.js";

const RANGE_STEP = 0.05;

const style = sheet(`
:host { display: grid; gap: 0.35rem; align-content: start; }
textarea { min-height: 4.5rem; }
input[type="number"] { max-width: 14rem; }
.range { display: flex; align-items: center; gap: 0.75rem; max-width: 24rem; }
output { min-width: 2.5rem; font-variant-numeric: tabular-nums; }
`);

class OptionInput extends OptionField {
  static sheets = [style];
  #output = h("output", { for: "input" });
  #control = null;

  build() {
    const attributes = { id: "input", "aria-describedby": "hint error", oninput: () => this.choose(this.#value) };
    const type = this.getAttribute("type");
    this.#control =
      type === "text"
        ? h("textarea", { ...attributes, placeholder: this.getAttribute("placeholder") ?? "" })
        : h("input", { ...attributes, type, step: type === "range" ? RANGE_STEP : 1, inputmode: "numeric" });
    const shown = type === "range" ? h("div", { class: "range" }, this.#control, this.#output) : this.#control;
    return [h("label", { for: "input" }, this.label), shown];
  }

  get #value() {
    if (this.#control.localName === "textarea") return this.#control.value || null;
    const number = this.#control.valueAsNumber;
    return Number.isNaN(number) ? null : number;
  }

  render({ value, spec, model, obstacle }) {
    const control = this.#control;
    const isRange = control.type === "range";
    if (control.localName === "textarea") control.maxLength = spec.max_chars ?? model.limits.max_prompt_chars;
    else [control.min, control.max] = bounds(this.field, spec, model.limits);
    const shown = value ?? (isRange ? (spec.default ?? (Number(control.min) + Number(control.max)) / 2) : null);
    if (this.#value !== shown) control.value = shown ?? "";
    this.#output.textContent = isRange ? Number(shown).toFixed(2) : "";
    control.disabled = Boolean(obstacle) && value === null;
  }
}

function bounds(field, spec, limits) {
  const [min, max] = field === "seed" ? [limits.min_seed, limits.max_seed] : [spec.minimum, spec.maximum];
  return [String(min ?? ""), String(max ?? "")];
}

customElements.define("option-input", OptionInput);
