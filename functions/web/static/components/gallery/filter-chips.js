/** Choices of which one is pressed, as in All, Completed, Failed. Tells `choice-made` {value}. */

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

  /** Pairs of value and words; the attribute `label` says what they are about. */
  set choices(choices) {
    this.#choices = choices;
    if (this.isConnected) this.start();
  }
  set value(value) {
    this.#value = value ?? "";
    this.#mark();
  }

  start() {
    const chips = this.#choices.map(([value, words]) =>
      h("button", { type: "button", class: "chip", value, onclick: () => this.#choose(value) }, words),
    );
    this.shadowRoot.replaceChildren(
      h("div", { class: "group", role: "group", "aria-label": this.getAttribute("label") }, chips),
    );
    this.#mark();
  }

  #choose(value) {
    this.value = value;
    this.tell("choice-made", { value });
  }

  #mark() {
    for (const chip of this.shadowRoot.querySelectorAll("button")) {
      const isPressed = chip.value === this.#value;
      chip.setAttribute("aria-pressed", String(isPressed));
      if (isPressed) chip.parentNode.scrollLeft = chip.offsetLeft - 48; // on a phone it may lie beyond the edge
    }
  }
}

customElements.define("filter-chips", FilterChips);
