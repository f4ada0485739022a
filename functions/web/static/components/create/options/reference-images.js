/** Images that show the model how a subject looks, as thumbnails. Emits `image-uploaded` too. */

import { h, icon, sheet } from "../../../lib/dom.js";
import { importOrNotify } from "../../../lib/lazy-import.js";
import { OptionField } from "./option-field.js";

const style = sheet(`
:host { display: grid; gap: 0.5rem; align-content: start; }
ul { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0; padding: 0; list-style: none; }
ul:empty { display: none; }
li { position: relative; display: grid; place-items: center; width: 5rem; height: 5rem; overflow: hidden; border-radius: 0.625rem; background: var(--sunken); color: var(--quiet); }
img { width: 100%; height: 100%; object-fit: cover; }
li button.round { position: absolute; inset-block-start: 0.15rem; inset-inline-end: 0.15rem; min-height: 1.75rem; width: 1.75rem; padding: 0; background: var(--surface); }
li .icon { width: 1.1rem; height: 1.1rem; }
.chip { justify-self: start; }
`);

/** @typedef {{ url: string | null, name: string | null, image?: import("../../../data/source-image.js").SourceImage }} Reference */

class ReferenceImages extends OptionField {
  static sheets = [style];
  /** @type {Reference[]} */
  #references = [];
  #minSide = 0;
  #maxBytes = Infinity;
  #input = h("input", {
    type: "file",
    accept: "image/jpeg,image/png,image/webp",
    hidden: true,
    multiple: true,
    "aria-label": "Reference image files",
    onchange: () => this.#addFiles([...this.#input.files]),
  });
  #list = h("ul", { "aria-labelledby": "label" });
  #add = h(
    "button",
    { type: "button", class: "chip", "aria-describedby": "hint error", onclick: () => this.#input.click() },
    icon("plus"),
    "Add reference image",
  );

  build() {
    return [h("span", { class: "label", id: "label" }, this.label), this.#input, this.#list, this.#add];
  }

  get draft() {
    return this.#references.filter((it) => it.name).map(({ name }) => ({ name, url: null }));
  }
  set draft(stored) {
    this.#references = (stored ?? []).map(({ name, url }) => ({ name, url }));
    this.#renderList();
  }

  /** Return the images' names for a request, after uploading them if needed. Throws Problem. @returns {Promise<string[]>} */
  async source(maximum = Infinity) {
    return Promise.all(this.#references.slice(0, maximum).map((it) => it.image?.name() ?? it.name));
  }

  render({ spec, model, obstacle }) {
    this.#minSide = model.limits.min_image_side;
    this.#maxBytes = model.limits.max_image_bytes;
    this.#add.hidden = this.#references.length >= (spec.maximum ?? Infinity);
    this.#add.disabled = Boolean(obstacle);
  }

  set error(text) {
    super.error = text;
    if (text) for (const it of this.#references) it.image?.forgetName();
  }

  focus() {
    (this.#add.hidden ? this.#list.querySelector("button") : this.#add).focus();
  }

  async #addFiles(files) {
    this.#input.value = ""; // so that the same file can be chosen again
    const source = await importOrNotify(() => import("../../../data/source-image.js"));
    if (!source) return;
    this.error = null;
    for (const file of files) await this.#addFile(source.SourceImage, file);
    this.#report();
  }

  async #addFile(SourceImage, file) {
    try {
      const image = await SourceImage.of(file);
      const { width, height } = image.size;
      const problem = image.problem(`${width}:${height}`, { minSide: this.#minSide, maxBytes: this.#maxBytes });
      if (problem) {
        this.error = problem;
        return image.close();
      }
      const reference = { image, url: image.url, name: null };
      this.#references.push(reference);
      image.name().then(
        (name) => this.#uploadedAs(reference, name),
        () => {}, // `source()` tries again and reports it
      );
    } catch (error) {
      this.error = error.message;
    }
  }

  #uploadedAs(reference, name) {
    reference.name = name;
    this.emit("image-uploaded");
  }

  #remove(reference) {
    reference.image?.close();
    this.#references = this.#references.filter((it) => it !== reference);
    this.error = null;
    this.#report();
    this.focus();
  }

  /** The choice has one item per image, because the rules and limits only count them. */
  #report() {
    this.#renderList();
    const value = this.#references.map(() => true);
    this.emit("option-changed", { [this.field]: value.length ? value : null });
  }

  #renderList() {
    const items = this.#references.map((reference, index) => {
      const label = `Remove reference image ${index + 1}`;
      const button = { type: "button", class: "round", "aria-label": label, onclick: () => this.#remove(reference) };
      const image = reference.url
        ? h("img", { src: reference.url, alt: `Reference image ${index + 1}` })
        : icon("image");
      return h("li", {}, image, h("button", button, icon("close")));
    });
    this.#list.replaceChildren(...items);
  }
}

customElements.define("reference-images", ReferenceImages);
