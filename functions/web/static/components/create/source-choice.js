/** The image of a community's video: the avatar, unless the user chooses another one. Emits `source-changed` and `shape-loaded`. */

import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { loadShape } from "../../lib/image-size.js";
import { importOrNotify } from "../../lib/lazy-import.js";
import { settingsUrl } from "../../lib/urls.js";
import "../common/community-avatar.js";

const style = sheet(`
.line { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem; }
.line p { flex: 1 1 10rem; min-width: 0; overflow-wrap: anywhere; }
`);

class SourceChoice extends Element {
  static sheets = [style];
  /** @type {StoredImage | null} */
  #default = null; // used unless the user chooses another image
  /** @type {string | null} */
  #defaultShape = null;
  #picker = null;
  #ratio = "1:1";
  /** @type {Model | null} */
  #model = null;

  /** Show the default image: the avatar of the community, or the image of the remixed video. */
  show(community, remixed) {
    const name = remixed ? remixed.source_image_url : community.avatar;
    const url = remixed ? remixed.thumbnail_url : community.avatar_url;
    this.#default = name
      ? { name, url, description: remixed ? "Image of the original video" : `Avatar of ${community.name}` }
      : null;
    this.#picker = null;
    this.#loadShape(remixed ? null : url);
    const line = h(
      "div",
      { class: "line" },
      !remixed && h("community-avatar", { community }),
      h("p", { class: "small quiet" }, this.#description(community, remixed)),
      h(
        "button",
        { type: "button", class: "chip", onclick: () => this.#pick() },
        name ? "Use another image" : "Add an image",
      ),
    );
    this.shadowRoot.replaceChildren(line);
  }

  set ratio(ratio) {
    this.#ratio = ratio;
    if (this.#picker) this.#picker.ratio = ratio;
  }

  /** @param {Model} model the selected model, whose limits a chosen image must meet */
  set model(model) {
    this.#model = model;
    if (this.#picker) this.#picker.models = [model];
  }

  get hasImage() {
    return this.#picker ? this.#picker.hasImage : this.#default !== null;
  }

  /** The shape of the image as a ratio, or null if it is not known. */
  get shape() {
    return this.isDefault ? this.#defaultShape : this.#picker.shape;
  }

  /** Whether the default image is used, so that the request need not name one. */
  get isDefault() {
    return !this.#picker || (this.#default !== null && this.#picker.url === this.#default.url && this.hasImage);
  }

  /** Return the request fields. A chosen image is uploaded first if needed. Throws Problem. */
  async fields() {
    return this.isDefault ? {} : { source_image: await this.#picker.source() };
  }

  /** @param {Community} community */
  #description(community, remixed) {
    if (remixed)
      return this.#default
        ? "Uses the image of the original video."
        : "Generated from the prompt alone, like the original.";
    if (this.#default) return `Uses the avatar of ${community.name}.`;
    return [
      "Generated from the prompt alone, because there is no avatar. ",
      h("a", { href: settingsUrl(community), onclick: () => this.emit("settings-requested") }, "Add an avatar"),
    ];
  }

  /** Load the avatar's shape. A remixed video's image is another one than its thumbnail. */
  async #loadShape(url) {
    const shown = this.#default;
    this.#defaultShape = null;
    const shape = url ? await loadShape(url) : null;
    if (!shape || this.#default !== shown) return;
    this.#defaultShape = shape;
    this.emit("shape-loaded");
  }

  async #pick() {
    if (!(await importOrNotify(() => import("./image-picker.js")))) return;
    this.#picker = h("image-picker", {
      label: "Image",
      hint: "Without an image, the video is generated from the prompt alone.",
      "onimage-changed": () => this.emit("source-changed"),
    });
    this.#picker.ratio = this.#ratio;
    if (this.#model) this.#picker.models = [this.#model];
    this.shadowRoot.replaceChildren(this.#picker);
    if (this.#default) this.#picker.storedImage = this.#default;
    this.#picker.shadowRoot.querySelector("button")?.focus();
  }
}

customElements.define("source-choice", SourceChoice);
