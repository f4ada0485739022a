/** Choosing a source image: by a button, dropped or pasted; shown as it will be cut, cropped by hand if one likes. */

import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { importOrNotify } from "../../lib/lazy-import.js";

const ACCEPTED = "image/jpeg,image/png,image/webp";

const style = sheet(`
:host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.35rem; }
.empty { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem 1rem; padding: 1rem; border: 1.5px dashed var(--edge); border-radius: 0.75rem; }
.empty p { flex: 1 1 12rem; }
.chosen { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: center; }
.frame { display: grid; place-items: center; flex: none; height: 8.5rem; max-width: 100%; overflow: hidden; border-radius: 0.75rem; background: var(--sunken); color: var(--quiet); }
.frame img { width: 100%; height: 100%; object-fit: cover; }
.frame .icon { width: 2rem; height: 2rem; }
.side { display: grid; gap: 0.5rem; flex: 1 1 10rem; }
.side .row { gap: 0.4rem; }
.side button { padding: 0.35rem 0.8rem; }
`);

export class ImagePicker extends Element {
  static sheets = [style];
  #ratio = "1:1";
  #image = null; // a SourceImage
  #standIn = null;
  #latest = null; // of the files that are being read, the one that counts
  #problem = null;
  #uploaded = null; // its name, once it has one
  #input = h("input", {
    type: "file",
    accept: ACCEPTED,
    hidden: true,
    "aria-label": "Image file",
    onchange: () => this.choose(this.#input.files[0]),
  });
  #body = h("div");
  #wrong = h("p", { class: "wrong", role: "alert" });

  start() {
    this.shadowRoot.replaceChildren(
      h("span", { class: "label" }, this.getAttribute("label") ?? "Image"),
      this.#input,
      this.#body,
      this.#wrong,
    );
    this.#render();
  }

  /** The shape that it will be cut to; another one undoes a crop by hand. */
  get ratio() {
    return this.#ratio;
  }
  set ratio(ratio) {
    if (ratio === this.#ratio) return;
    this.#ratio = ratio;
    if (this.#image?.part) this.#read(this.#image.file, null);
    else if (this.#image) this.problem = this.#image.problem(ratio);
    this.#render();
  }

  /** A source that is there already, `{ name, url, says }`: `url` shows it or stands for it, and may be null. Null takes it away. */
  get standIn() {
    return this.#standIn;
  }
  set standIn(standIn) {
    this.#take({ standIn });
  }

  get hasImage() {
    return Boolean(this.#image || this.#standIn);
  }

  /** What shows it, for a preview elsewhere, or null. */
  get url() {
    return this.#image?.url ?? this.#standIn?.url ?? null;
  }

  /** What is wrong with it, in words, or null. */
  get problem() {
    return this.#problem;
  }
  set problem(text) {
    this.#problem = text;
    this.#wrong.textContent = text ?? "";
  }

  /** Whether it may be asked with as it is; so it may without an image, whatever became of a file that was refused. */
  get isUsable() {
    return !this.#image?.problem(this.#ratio);
  }

  focus() {
    this.find("button").focus();
  }

  /** Its name for a request, uploaded if it was not yet; null without one. Raises Problem. */
  async source() {
    return this.#image ? this.#image.name() : (this.#standIn?.name ?? null);
  }

  /** What to keep of it for a form that has to be filled again: a stand-in, or null. */
  get draft() {
    return (
      this.#standIn ??
      (this.#uploaded && { name: this.#uploaded, url: null, says: "The image that was chosen before." })
    );
  }

  /** The next `source()` uploads it anew: the server does not have it any more. */
  forgetUpload() {
    this.#image?.forgetName();
  }

  /** Takes a file, if it can be used; else says why, and keeps what there was. */
  async choose(file) {
    this.#input.value = ""; // so that the same file can be chosen again
    if (file) await this.#read(file, null);
  }

  clear() {
    this.#take({});
    this.focus();
  }

  async crop() {
    const cropper = await importOrNotify(() => import("./image-cropper.js"));
    const cropped = await cropper?.crop(this.#image, { ratio: this.#ratio, root: this.shadowRoot });
    if (cropped) await this.#read(this.#image.file, cropped);
    this.focus();
  }

  async #read(file, cropped) {
    this.#latest = file;
    const source = await importOrNotify(() => import("../../data/source-image.js"));
    if (!source) return;
    try {
      const image = await source.SourceImage.of(file, cropped);
      if (this.#latest !== file) return image.close(); // another one came meanwhile
      this.#take({ image });
      image.name().then(
        (name) => this.#keep(image, name),
        () => {},
      ); // ahead of time; `source()` tries again, and tells
    } catch (error) {
      if (this.#latest === file) this.problem = error.message;
    }
  }

  #keep(image, name) {
    if (this.#image !== image) return;
    this.#uploaded = name;
    this.tell("image-uploaded");
  }

  #take({ image = null, standIn = null }) {
    this.#image?.close();
    this.#image = image;
    this.#standIn = standIn;
    this.#uploaded = null;
    this.#latest = image?.file ?? null;
    this.problem = image?.problem(this.#ratio) ?? null;
    this.#render();
    this.tell("image-changed", { url: this.url });
  }

  #render() {
    if (this.isConnected) this.#body.replaceChildren(this.hasImage ? this.#chosen() : this.#empty());
  }

  #empty() {
    return h(
      "div",
      { class: "empty" },
      h("button", { type: "button", onclick: () => this.#input.click() }, icon("image"), "Choose an image"),
      h(
        "p",
        { class: "small quiet" },
        this.getAttribute("hint") ?? "Or drop or paste one. Without an image, the video is made from your words alone.",
      ),
    );
  }

  #chosen() {
    const frame = h(
      "div",
      { class: "frame" },
      this.url ? h("img", { src: this.url, alt: "The chosen image" }) : icon("image"),
    );
    frame.style.aspectRatio = this.#ratio.replace(":", " / ");
    return h(
      "div",
      { class: "chosen" },
      frame,
      h(
        "div",
        { class: "side" },
        h("p", { class: "small quiet" }, this.#says),
        h(
          "div",
          { class: "row" },
          this.#image && h("button", { type: "button", onclick: () => this.crop() }, "Crop"),
          h("button", { type: "button", onclick: () => this.#input.click() }, "Replace"),
          h("button", { type: "button", class: "danger", onclick: () => this.clear() }, "Remove"),
        ),
      ),
    );
  }

  get #says() {
    if (this.#standIn) return this.#standIn.says ?? "The image that is there already.";
    return this.#image.part ? `Cropped by hand to ${this.#ratio}.` : `Cut to ${this.#ratio} round its centre.`;
  }
}

customElements.define("image-picker", ImagePicker);
