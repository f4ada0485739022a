/** The options that few users need, in a collapsed section. Only those that the model has are shown. Emits `option-changed`. */

import { optionState } from "../../data/option-state.js";
import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import "./options/motion-list.js";
import "./options/option-input.js";
import "./options/option-select.js";
import "./options/option-switch.js";
import "./options/reference-images.js";

const FIELDS = {
  negative_prompt: () => h("option-input", { field: "negative_prompt", type: "text", placeholder: "What to avoid" }),
  reference_images: () => h("reference-images", { field: "reference_images" }),
  camera_movement: () => h("option-select", { field: "camera_movement" }),
  motions: () => h("motion-list", { field: "motions" }),
  seed: () => h("option-input", { field: "seed", type: "number" }),
  cfg_scale: () => h("option-input", { field: "cfg_scale", type: "range" }),
  enhance_prompt: () => h("option-switch", { field: "enhance_prompt" }),
  watermark: () => h("option-switch", { field: "watermark" }),
};

const style = sheet(`
summary { width: fit-content; padding: 0.6rem 0; border-radius: 0.5rem; cursor: pointer; font-size: 0.9375rem; font-weight: 550; }
.fields { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; padding-top: 0.5rem; }
`);

class MoreOptions extends Element {
  static sheets = [style];
  #details = h("details", {}, h("summary", {}, "More options"));
  #fields = Object.fromEntries(Object.entries(FIELDS).map(([field, create]) => [field, create()]));
  /** The element of the reference images, which a request needs to upload. */
  references = this.#fields.reference_images;

  start() {
    if (this.#details.isConnected) return;
    this.#details.append(h("div", { class: "fields" }, Object.values(this.#fields)));
    this.shadowRoot.append(this.#details);
  }

  /** @param {import("../../data/video-choice.js").VideoChoice} choice with a model */
  show(choice) {
    const { options } = choice;
    for (const [name, node] of Object.entries(this.#fields)) {
      node.hidden = !(name in options) || options[name].is_fixed;
      if (!node.hidden) node.show(optionState(choice, name));
    }
    this.hidden = Object.values(this.#fields).every((it) => it.hidden);
  }

  /** The elements that show an error about a field. */
  get errorFields() {
    return Object.values(this.#fields);
  }

  /** Show the fields, so that one of them can be focused. */
  open() {
    this.#details.open = true;
  }
}

customElements.define("more-options", MoreOptions);
