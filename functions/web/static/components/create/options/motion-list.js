/** Camera motions by their ids at the provider, each with a strength. */

import { h, icon, sheet } from "../../../lib/dom.js";
import { OptionField } from "./option-field.js";
import { inWords } from "./option-select.js";

const style = sheet(`
:host { display: grid; gap: 0.5rem; align-content: start; }
ul { display: grid; gap: 0.5rem; margin: 0; padding: 0; list-style: none; }
li { display: grid; grid-template-columns: minmax(0, 1fr) minmax(5rem, 9rem) 2.75rem; gap: 0.5rem; align-items: center; }
.strength { color: var(--quiet); font-size: 0.75rem; font-weight: 400; }
.strength input { min-height: 1.5rem; }
ul:empty { display: none; }
.chip { justify-self: start; }
`);

class MotionList extends OptionField {
  static sheets = [style];
  /** @type {{ id: string, strength: number }[]} */
  #motions = [];
  #values = [];
  #rows = h("ul", { "aria-labelledby": "label" });
  #add = h("button", { type: "button", class: "chip", onclick: () => this.#addMotion() }, icon("plus"), "Add motion");

  build() {
    return [h("span", { class: "label", id: "label" }, this.label), this.#rows, this.#add];
  }

  render({ value, spec, obstacle }) {
    this.#motions = value ?? [];
    this.#values = spec.values;
    while (this.#rows.children.length > this.#motions.length) this.#rows.lastChild.remove();
    while (this.#rows.children.length < this.#motions.length) this.#rows.append(this.#row(this.#rows.children.length));
    this.#motions.forEach(({ id, strength }, index) => {
      const [name, slider] = /** @type {any} */ (this.#rows.children[index].querySelectorAll("input, select"));
      if (name.value !== id) name.value = id;
      slider.value = String(strength);
    });
    this.#add.hidden = this.#motions.length >= (spec.maximum ?? Infinity);
    this.#add.disabled = Boolean(obstacle);
  }

  #row(index) {
    const label = `Motion ${index + 1}`;
    const attributes = { "aria-label": label, "aria-describedby": "error" };
    const name = this.#values.length
      ? h(
          "select",
          attributes,
          this.#values.map((it) => h("option", { value: it }, inWords(it))),
        )
      : h("input", { ...attributes, placeholder: "Motion id", maxlength: 100, autocomplete: "off" });
    name.addEventListener("input", () => this.#set(index, { id: name.value }));
    const slider = h("input", {
      type: "range",
      min: 0,
      max: 1,
      step: 0.05,
      "aria-label": `Strength of motion ${index + 1}`,
    });
    slider.addEventListener("input", () => this.#set(index, { strength: slider.valueAsNumber }));
    const onclick = () => this.#remove(index);
    const button = { type: "button", class: "plain round", "aria-label": `Remove motion ${index + 1}`, onclick };
    return h("li", {}, name, h("label", { class: "strength" }, "Strength", slider), h("button", button, icon("trash")));
  }

  #set(index, change) {
    this.choose(this.#motions.map((it, i) => (i === index ? { ...it, ...change } : it)));
  }

  #addMotion() {
    this.choose([...this.#motions, { id: this.#values[0] ?? "", strength: 1 }]);
    /** @type {any} */ (this.#rows.lastElementChild?.querySelector("input, select"))?.focus();
  }

  #remove(index) {
    const left = this.#motions.filter((_, i) => i !== index);
    this.choose(left.length ? left : null);
    this.#add.focus();
  }
}

customElements.define("motion-list", MotionList);
