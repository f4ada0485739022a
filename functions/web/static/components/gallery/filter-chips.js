/** A group of toggle buttons with one pressed, such as All, Completed, Failed. Emits `choice-changed` {value}. */

import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";

const style = sheet(`
:host { min-width: 0; }
.group { position: relative; display: flex; gap: 0.4rem; margin: -0.25rem; padding: 0.25rem; overflow-x: auto; overscroll-behavior-x: contain; scrollbar-width: none; }
button.chip { flex: none; }
@media (pointer: coarse) { button.chip { min-height: 2.75rem; padding-inline: 1rem; } }
`);

export class FilterChips extends Element {
  static sheets = [style];
  #choices = [];
  #value = "";

  /** Pairs of a value and a label. The attribute `label` names the group. */
  set choices(choices) {
    this.#choices = choices;
    if (this.isConnected) this.start();
  }
  set value(value) {
    this.#value = value ?? "";
    this.#update();
  }

  start() {
    const chips = this.#choices.map(([value, label]) =>
      h("button", { type: "button", class: "chip", value, onclick: () => this.#choose(value) }, label),
    );
    this.shadowRoot.replaceChildren(
      h("div", { class: "group", role: "group", "aria-label": this.getAttribute("label") }, chips),
    );
    this.#update();
  }

  #choose(value) {
    this.value = value;
    this.emit("choice-changed", { value });
  }

  #update() {
    for (const chip of this.shadowRoot.querySelectorAll("button")) {
      const isPressed = chip.value === this.#value;
      chip.setAttribute("aria-pressed", String(isPressed));
      if (isPressed) chip.parentElement.scrollLeft = chip.offsetLeft - 48; // scroll it into view on a narrow screen
    }
  }
}

customElements.define("filter-chips", FilterChips);
