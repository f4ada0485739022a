/** The crop dialog: move by pointer, touch or arrow keys; zoom by wheel, pinch or slider. */

import { cropSize, maxZoom } from "../../data/source-image.js";
import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";

const KEY_STEP = 0.04; // of the visible part, per key press
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const style = sheet(`
dialog { width: min(34rem, 100vw - 2rem); }
.inside { display: grid; gap: 1rem; padding: clamp(1rem, 0.5rem + 2vw, 1.5rem); }
.frame { position: relative; overflow: hidden; margin: 0 auto; border-radius: 0.5rem; background: var(--sunken); cursor: grab; touch-action: none; user-select: none; }
.frame:active { cursor: grabbing; }
.frame img { position: absolute; max-width: none; pointer-events: none; }
.frame::after { content: ""; position: absolute; inset: 0; pointer-events: none; opacity: 0.45; background:
  linear-gradient(90deg, transparent calc(33.3% - 1px), #fff 0 33.3%, transparent 0 66.6%, #fff 0 calc(66.6% + 1px), transparent 0),
  linear-gradient(transparent calc(33.3% - 1px), #fff 0 33.3%, transparent 0 66.6%, #fff 0 calc(66.6% + 1px), transparent 0); }
.row { justify-content: flex-end; }
`);

class ImageCropper extends Element {
  static sheets = [style];
  #size = null;
  #maxCrop = null; // the largest crop, in pixels
  #center = null; // in pixels
  #zoom = 1;
  #pointers = new Map();
  #image = h("img", { alt: "", draggable: "false" });
  #frame = h(
    "div",
    {
      class: "frame",
      tabindex: "0",
      role: "group",
      "aria-label": "Crop area. Use the arrow keys to move it, and plus and minus to zoom.",
      onkeydown: (event) => this.#press(event),
      onwheel: (event) => this.#wheel(event),
      onpointerdown: (event) => this.#grab(event),
      onpointermove: (event) => this.#drag(event),
      onpointerup: (event) => this.#pointers.delete(event.pointerId),
      onpointercancel: (event) => this.#pointers.delete(event.pointerId),
    },
    this.#image,
  );
  #slider = h("input", {
    id: "zoom",
    type: "range",
    min: "1",
    step: "0.01",
    oninput: () => this.#zoomTo(Number(this.#slider.value)),
  });
  #dialog = h(
    "dialog",
    { "aria-labelledby": "title" },
    h(
      "form",
      { method: "dialog", class: "inside" },
      h("h2", { id: "title" }, "Crop image"),
      this.#frame,
      h("div", { class: "field" }, h("label", { for: "zoom" }, "Zoom"), this.#slider),
      h(
        "div",
        { class: "row" },
        h("button", { type: "button", onclick: () => this.#dialog.close() }, "Cancel"),
        h("button", { type: "button", onclick: () => this.#reset() }, "Reset"),
        h("button", { class: "main", value: "crop" }, "Apply"),
      ),
    ),
  );

  start() {
    this.shadowRoot.replaceChildren(this.#dialog);
  }

  /** Open the dialog. Return the crop, `{ x, y, width, height }` in fractions of the image, or null. */
  async open({ file, size, part }, { ratio, minSide }) {
    this.#size = size;
    this.#maxCrop = cropSize(size, ratio);
    this.#setRatio(ratio);
    this.#image.src = URL.createObjectURL(file);
    this.#slider.max = String(maxZoom(size, ratio, minSide));
    this.#reset();
    if (part) this.#showPart(part);
    this.#dialog.showModal();
    this.#frame.focus();
    await new Promise((resolve) => this.#dialog.addEventListener("close", resolve, { once: true }));
    URL.revokeObjectURL(this.#image.src);
    return this.#dialog.returnValue === "crop" ? this.#part : null;
  }

  #setRatio(ratio) {
    const [x, y] = ratio.split(":").map(Number);
    this.#frame.style.aspectRatio = `${x} / ${y}`;
    this.#frame.style.width = `min(100%, calc(55dvh * ${x / y}))`;
  }

  get #visible() {
    return { width: this.#maxCrop.width / this.#zoom, height: this.#maxCrop.height / this.#zoom };
  }

  get #part() {
    const { width, height } = this.#size;
    const visible = this.#visible;
    return {
      x: (this.#center.x - visible.width / 2) / width,
      y: (this.#center.y - visible.height / 2) / height,
      width: visible.width / width,
      height: visible.height / height,
    };
  }

  #reset() {
    this.#center = { x: this.#size.width / 2, y: this.#size.height / 2 };
    this.#zoomTo(1);
  }

  #showPart(part) {
    this.#center = {
      x: (part.x + part.width / 2) * this.#size.width,
      y: (part.y + part.height / 2) * this.#size.height,
    };
    this.#zoomTo(this.#maxCrop.width / (part.width * this.#size.width));
  }

  #zoomTo(zoom) {
    this.#zoom = Math.min(Number(this.#slider.max), Math.max(1, zoom));
    this.#slider.value = String(this.#zoom);
    this.#move(0, 0);
  }

  /** Move by fractions of the visible part, within the image. */
  #move(dx, dy) {
    const visible = this.#visible;
    const clamp = (at, part, whole) => Math.min(whole - part / 2, Math.max(part / 2, at));
    this.#center = {
      x: clamp(this.#center.x + dx * visible.width, visible.width, this.#size.width),
      y: clamp(this.#center.y + dy * visible.height, visible.height, this.#size.height),
    };
    const { x, y, width, height } = this.#part;
    Object.assign(this.#image.style, {
      width: `${100 / width}%`,
      height: `${100 / height}%`,
      left: `${(-x / width) * 100}%`,
      top: `${(-y / height) * 100}%`,
    });
  }

  #press(event) {
    const move = MOVES[event.key];
    const zoom = { "+": 1.1, "=": 1.1, "-": 1 / 1.1 }[event.key];
    if (move) this.#move(move[0] * KEY_STEP, move[1] * KEY_STEP);
    else if (zoom) this.#zoomTo(this.#zoom * zoom);
    else return;
    event.preventDefault();
  }

  #wheel(event) {
    event.preventDefault();
    this.#zoomTo(this.#zoom * Math.exp(-event.deltaY / 500));
  }

  #grab(event) {
    this.#frame.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  #drag(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
    const distance = (point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
    if (other) this.#zoomTo((this.#zoom * distance(now)) / distance(before));
    else this.#move((before.x - now.x) / this.#frame.clientWidth, (before.y - now.y) / this.#frame.clientHeight);
    this.#pointers.set(event.pointerId, now);
  }
}

customElements.define("image-cropper", ImageCropper);

/** Crop a SourceImage in a dialog under `root`. Return the crop or null, like `open`. */
export async function crop(image, { ratio, minSide, root }) {
  const cropper = h("image-cropper");
  root.append(cropper);
  try {
    return await cropper.open(image, { ratio, minSide });
  } finally {
    cropper.remove();
  }
}
