/** The base of all option fields: a label, a hint or the reason why the option is unavailable, and an error. Emits `option-changed`. */

import { fieldLabel } from "../../../data/option-words.js";
import { h } from "../../../lib/dom.js";
import { Element } from "../../../lib/element.js";

/**
 * @typedef {object} OptionState
 * @property {any} value as the user chose it, or the model's default
 * @property {any} used as it will be sent, or null
 * @property {ModelOption} spec what the model accepts
 * @property {Model} model
 * @property {number} seconds the video's duration
 * @property {string | null} [obstacle] why the option cannot be used
 * @property {string | null} [hint]
 */

export class OptionField extends Element {
  #hint = h("p", { id: "hint", class: "hint" });
  #error = h("p", { id: "error", class: "error", role: "alert" });

  start() {
    if (this.find("#error")) return;
    this.shadowRoot.append(...this.build(), this.#hint, this.#error);
  }

  get field() {
    return this.getAttribute("field");
  }

  get label() {
    return fieldLabel(this.field);
  }

  /** Show the option as it is now. @param {any} state an OptionState, or what the field needs */
  show(state) {
    const hint = state.obstacle ?? state.hint ?? "";
    if (this.#hint.textContent !== hint) this.#hint.textContent = hint;
    this.render(state);
  }

  /** The message about an invalid value, or null. */
  set error(text) {
    this.#error.textContent = text ?? "";
    for (const control of this.shadowRoot.querySelectorAll("input, select, textarea"))
      control.setAttribute("aria-invalid", String(Boolean(text)));
  }

  focus() {
    this.find("input, select, textarea, button")?.focus();
  }

  /** Report the user's choice. */
  choose(value) {
    this.error = null;
    this.emit("option-changed", { [this.field]: value });
  }

  // What the fields implement.

  /** @returns {Node[]} */
  build() {
    return [];
  }
  /** @param {any} _state */
  render(_state) {}
}
