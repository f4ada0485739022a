/** Pick a source image by button, drop or paste, and preview the crop. Emits `image-changed` and `image-uploaded`. */

import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { shapeOf } from "../../lib/image-size.js";
import { importOrNotify } from "../../lib/lazy-import.js";

const ACCEPTED = "image/jpeg,image/png,image/webp";
const MAX_UPLOAD_BYTES = 50 * 1024 * 1024; // the server reduces an image to the limit of the model

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
.side button { min-height: 2.5rem; padding: 0.3rem 0.7rem; font-size: 0.875rem; }
`);

export class ImagePicker extends Element {
  static sheets = [style];
  #ratio = "1:1";
  #limits = { minSide: 0, maxBytes: MAX_UPLOAD_BYTES }; // until the models are known
  /** @type {import("../../data/source-image.js").SourceImage | null} */
  #image = null;
  /** @type {StoredImage | null} */
  #storedImage = null;
  #latest = null; // the file chosen last, if several are being read
  #problem = null;
  #uploaded = null; // its name after the upload
  #input = h("input", {
    type: "file",
    accept: ACCEPTED,
    hidden: true,
    onchange: () => this.choose(this.#input.files[0]),
  });
  #isBlocked = false;
  #body = h("div");
  #error = h("p", { class: "error", role: "alert" });

  /** What the image is called: "image", "end frame". */
  get #noun() {
    return this.getAttribute("noun") ?? "image";
  }

  start() {
    this.#input.setAttribute("aria-label", `${this.#noun[0].toUpperCase()}${this.#noun.slice(1)} file`);
    const label = h("span", { class: "label" }, this.getAttribute("label") ?? "Image");
    this.shadowRoot.replaceChildren(label, this.#input, this.#body, this.#error);
    this.#render();
  }

  /** The aspect ratio of the crop. A change removes a manual crop. */
  get ratio() {
    return this.#ratio;
  }
  set ratio(ratio) {
    if (ratio === this.#ratio) return;
    this.#ratio = ratio;
    if (this.#image && (this.#image.part || this.#shape)) this.#load(this.#image.file, null);
    else this.#check();
    this.#render();
  }

  /** The models that must accept the image: the strictest limit applies. @param {Model[]} models */
  set models(models) {
    const minSide = Math.max(...models.map(({ limits }) => limits.min_image_side));
    if (minSide === this.#limits.minSide) return; // an error of the server stays
    this.#limits = { ...this.#limits, minSide };
    this.#check();
  }

  /** An image that the server already has, instead of a chosen file; null for none. */
  get storedImage() {
    return this.#storedImage;
  }
  set storedImage(storedImage) {
    this.#set({ storedImage });
  }

  /** Whether no image can be chosen now. A chosen one stays. */
  set isBlocked(isBlocked) {
    if (isBlocked === this.#isBlocked) return;
    this.#isBlocked = isBlocked;
    this.#render();
  }

  /** With the attribute `always-crop`, the shape to upload instead of the whole image. */
  get #shape() {
    return this.hasAttribute("always-crop") ? this.#ratio : null;
  }

  /** The shape of a chosen image as it is uploaded, as a ratio, or null. */
  get shape() {
    return this.#image && (this.#image.part ? this.#ratio : shapeOf(this.#image.size));
  }

  get hasImage() {
    return Boolean(this.#image || this.#storedImage);
  }

  /** The URL for a preview, or null. */
  get url() {
    return this.#image?.url ?? this.#storedImage?.url ?? null;
  }

  /** Why the image cannot be used, or null. */
  get problem() {
    return this.#problem;
  }
  set problem(text) {
    this.#problem = text;
    this.#error.textContent = text ?? "";
  }

  /** Whether a request can be sent: without an image, or with a usable one. A refused file does not count. */
  get isUsable() {
    return !this.#image?.problem(this.#ratio, this.#limits);
  }

  focus() {
    this.find("button").focus();
  }

  /** Return the image's name for a request, after uploading it if needed; null without an image. Throws Problem. */
  async source() {
    return this.#image ? this.#image.name() : (this.#storedImage?.name ?? null);
  }

  /** @returns {StoredImage | null} what a draft stores of the image */
  get draft() {
    return (
      this.#storedImage ??
      (this.#uploaded && { name: this.#uploaded, url: null, description: "Image from your last visit" })
    );
  }

  /** Upload again at the next `source()`, because the server no longer has the image. */
  forgetUpload() {
    this.#image?.forgetName();
  }

  /** Use a file. If it cannot be used, show why and keep the previous image. */
  async choose(file) {
    this.#input.value = ""; // so that the same file can be chosen again
    if (file) await this.#load(file, null);
  }

  clear() {
    this.#set({});
    this.focus();
  }

  async crop() {
    const cropper = await importOrNotify(() => import("./image-cropper.js"));
    const how = { ratio: this.#ratio, minSide: this.#limits.minSide, root: this.shadowRoot };
    const cropped = await cropper?.crop(this.#image, how);
    if (cropped) await this.#load(this.#image.file, cropped);
    this.focus();
  }

  async #load(file, cropped) {
    this.#latest = file;
    const source = await importOrNotify(() => import("../../data/source-image.js"));
    if (!source) return;
    try {
      const image = await source.SourceImage.of(file, cropped, this.#shape);
      if (this.#latest !== file) return image.close(); // the user chose another file meanwhile
      this.#set({ image });
      if (!this.isUsable) return;
      const onUploaded = (name) => this.#uploadedAs(image, name);
      image.name().then(onUploaded, () => {}); // upload early; after a failure `source()` tries again and reports it
    } catch (error) {
      if (this.#latest === file) this.problem = error.message;
    }
  }

  #uploadedAs(image, name) {
    if (this.#image !== image) return;
    this.#uploaded = name;
    this.emit("image-uploaded");
  }

  #set({ image = null, storedImage = null }) {
    this.#image?.close();
    this.#image = image;
    this.#storedImage = storedImage;
    this.#uploaded = null;
    this.#latest = image?.file ?? null;
    this.problem = image?.problem(this.#ratio, this.#limits) ?? null;
    this.#render();
    this.emit("image-changed", { url: this.url });
  }

  #check() {
    if (this.#image) this.problem = this.#image.problem(this.#ratio, this.#limits);
  }

  #render() {
    if (this.isConnected) this.#body.replaceChildren(this.hasImage ? this.#chosen() : this.#empty());
  }

  #empty() {
    const choose = { type: "button", disabled: this.#isBlocked, onclick: () => this.#input.click() };
    const hint = "Or drop or paste one. Without an image, the video is generated from the prompt alone.";
    return h(
      "div",
      { class: "empty" },
      h("button", choose, icon("image"), `Choose ${this.#noun}`),
      h("p", { class: "small quiet" }, this.getAttribute("hint") ?? hint),
    );
  }

  #chosen() {
    const image = this.url ? h("img", { src: this.url, alt: `Selected ${this.#noun}` }) : icon("image");
    const frame = h("div", { class: "frame" }, image);
    frame.style.aspectRatio = this.#ratio.replace(":", " / ");
    const buttons = [
      this.#image && this.#button("Crop", () => this.crop()),
      this.#button("Replace", () => this.#input.click()),
      this.#button("Remove", () => this.clear(), "danger"),
    ];
    const description = h("p", { class: "small quiet" }, this.#description);
    return h(
      "div",
      { class: "chosen" },
      frame,
      h("div", { class: "side" }, description, h("div", { class: "row" }, buttons)),
    );
  }

  /** A button, whose name tells the images apart if a form has several. */
  #button(text, onclick, kind = "") {
    const label = this.hasAttribute("noun") && `${text} ${this.#noun}`;
    return h("button", { type: "button", class: kind, "aria-label": label, onclick }, text);
  }

  get #description() {
    if (this.#storedImage) return this.#storedImage.description ?? "Current image";
    if (this.#shape) return this.#image.part ? "Cropped like the image." : "Center-cropped like the image.";
    return this.#image.part ? `Cropped to ${this.#ratio}.` : `Center-cropped to ${this.#ratio}.`;
  }
}

customElements.define("image-picker", ImagePicker);
