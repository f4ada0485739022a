/** A community's avatar, or its initials if there is no image or it does not load. */

import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";

const style = sheet(`
:host { flex: none; display: grid; width: 3rem; height: 3rem; overflow: hidden; border-radius: 28%; background: var(--tint); container-type: inline-size; }
img { width: 100%; height: 100%; object-fit: cover; }
span { place-self: center; color: var(--accent); font-size: 31cqi; font-weight: 650; letter-spacing: 0.02em; }
`);

class CommunityAvatar extends Element {
  static sheets = [style];

  /** @param {Community} community the image needs no alternative text, because the name is beside it */
  set community({ name, avatar_url: url }) {
    const letters = h("span", { "aria-hidden": "true" }, initials(name));
    const image = url && h("img", { src: url, alt: "", onerror: () => image.replaceWith(letters) });
    this.shadowRoot.replaceChildren(image || letters);
  }
}

/** Split by graphemes, so that an emoji or an accented letter stays whole. */
function initials(name) {
  const words = name.split(/[\s_-]+/).filter(Boolean);
  const segmenter = new Intl.Segmenter();
  return words
    .slice(0, 2)
    .map((word) => segmenter.segment(word)[Symbol.iterator]().next().value.segment.toLocaleUpperCase())
    .join("");
}

customElements.define("community-avatar", CommunityAvatar);
