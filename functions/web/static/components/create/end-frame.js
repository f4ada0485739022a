/** The image with which the video ends. It is cropped to the shape of the first image, because a provider would squeeze it. */

import { h, sheet } from "../../lib/dom.js";
import "./image-picker.js";
import { OptionField } from "./options/option-field.js";

const style = sheet(`
#hint:empty { display: none; }
#hint { margin-top: 0.35rem; }
`);

class EndFrame extends OptionField {
  static sheets = [style];
  #isFilling = false; // while a draft is restored
  picker = h("image-picker", {
    noun: "end frame",
    "always-crop": true,
    hint: "Optional. The video ends with this image.",
    "onimage-changed": (event) => this.#imageChanged(event),
  });

  build() {
    this.picker.setAttribute("label", this.label);
    return [this.picker];
  }

  /** @returns {StoredImage | null} */
  get draft() {
    return this.picker.draft;
  }
  set draft(storedImage) {
    this.#isFilling = true;
    this.picker.storedImage = storedImage;
    this.#isFilling = false;
  }

  render({ model, obstacle }) {
    this.picker.models = [model];
    this.picker.isBlocked = Boolean(obstacle);
  }

  /** An error of the server, or null; then a reason why the image cannot be used stays. */
  set error(text) {
    if (text || this.picker.isUsable) this.picker.problem = text;
    if (text) this.picker.forgetUpload();
  }

  focus() {
    this.picker.focus();
  }

  #imageChanged(event) {
    event.stopPropagation();
    if (!this.#isFilling) this.emit("option-changed", { [this.field]: this.picker.hasImage || null });
  }
}

customElements.define("end-frame", EndFrame);
