/** What a community's video starts from: its avatar, unless another picture is chosen for this one. */

import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { importOrNotify } from "../../lib/lazy-import.js";
import { settingsUrl } from "../../lib/urls.js";
import "../common/community-avatar.js";

const style = sheet(`
.line { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 0.75rem; }
.line p { flex: 1 1 10rem; min-width: 0; overflow-wrap: anywhere; }
`);

class CreationSource extends Element {
  static sheets = [style];
  #given = null; // the name of the picture that is used if nothing is chosen
  #picker = null;
  #ratio = "1:1";

  /** The community, and the video that is varied, if one is: then its picture is kept, and not the avatar. */
  show(community, remixed) {
    const name = remixed ? remixed.source_image_url : community.avatar;
    const url = remixed ? remixed.thumbnail_url : community.avatar_url;
    this.#given = name
      ? { name, url, says: remixed ? "The picture that the video started from." : `The avatar of ${community.name}.` }
      : null;
    this.#picker = null;
    const line = h(
      "div",
      { class: "line" },
      !remixed && h("community-avatar", { community }),
      h("p", { class: "small quiet" }, this.#says(community, remixed)),
      h(
        "button",
        { type: "button", class: "chip", onclick: () => this.#pick() },
        name ? "Use another picture" : "Use a picture",
      ),
    );
    this.shadowRoot.replaceChildren(line);
  }

  set ratio(ratio) {
    this.#ratio = ratio;
    if (this.#picker) this.#picker.ratio = ratio;
  }

  get hasImage() {
    return this.#picker ? this.#picker.hasImage : this.#given !== null;
  }

  /** Whether it is what there was: then the request need not say so. */
  get isAsGiven() {
    return !this.#picker || (this.#given !== null && this.#picker.url === this.#given.url && this.hasImage);
  }

  /** What the request says about it; a chosen picture is uploaded, if it was not yet. Raises Problem. */
  async fields() {
    return this.isAsGiven ? {} : { source_image: await this.#picker.source() };
  }

  #says({ name, ...community }, remixed) {
    if (remixed)
      return this.#given
        ? "Starts from the same picture as that video."
        : "Made from the prompt alone, as that video was.";
    if (this.#given) return `Starts from the avatar of ${name}.`;
    return [
      "Made from the prompt alone: there is no avatar. ",
      h("a", { href: settingsUrl(community), onclick: () => this.tell("settings-wanted") }, "Add one"),
    ];
  }

  async #pick() {
    if (!(await importOrNotify(() => import("./image-picker.js")))) return;
    this.#picker = h("image-picker", {
      label: "Picture",
      hint: "Without a picture, the video is made from the prompt alone.",
      "onimage-changed": () => this.tell("source-changed"),
    });
    this.#picker.ratio = this.#ratio;
    this.shadowRoot.replaceChildren(this.#picker);
    if (this.#given) this.#picker.standIn = this.#given;
    this.#picker.shadowRoot.querySelector("button")?.focus();
  }
}

customElements.define("creation-source", CreationSource);
