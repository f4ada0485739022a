/** An option that is on or off. */

import { h, sheet } from "../../../lib/dom.js";
import { OptionField } from "./option-field.js";

const style = sheet(`
label { display: flex; align-items: center; gap: 0.65rem; width: fit-content; min-height: 2.75rem; cursor: pointer; }
label:has(:disabled) { cursor: default; color: var(--quiet); }
input { appearance: none; position: relative; flex: none; width: 2.5rem; height: 1.5rem; min-height: 0; margin: 0; padding: 0; border: 1px solid var(--edge); border-radius: 999px; background: var(--sunken); transition: background-color 120ms; cursor: inherit; }
input[type="checkbox"] { width: 2.5rem; height: 1.5rem; }
input::before { content: ""; position: absolute; inset-block: 0.1875rem; inset-inline-start: 0.1875rem; width: 1rem; border-radius: 50%; background: var(--edge); transition: translate 120ms; }
input:checked { border-color: var(--accent); background: var(--accent); }
input:checked::before { background: var(--on-accent); translate: 1rem; }
input:disabled { opacity: 0.55; }
input:focus-visible { outline-offset: 2px; }
#hint { margin-top: -0.4rem; padding-inline-start: 3.15rem; }
#hint:empty { display: none; }
@media (forced-colors: active) { input:checked { background: Highlight; } input::before { background: ButtonText; } }
`);

class OptionSwitch extends OptionField {
  static sheets = [style];
  #input = h("input", {
    type: "checkbox",
    role: "switch",
    "aria-describedby": "hint error",
    onchange: () => this.choose(this.#input.checked),
  });

  build() {
    return [h("label", {}, this.#input, this.label)];
  }

  render({ value, spec, obstacle }) {
    this.#input.checked = Boolean(value);
    this.#input.disabled = spec.is_fixed || (Boolean(obstacle) && !value);
  }
}

customElements.define("option-switch", OptionSwitch);
