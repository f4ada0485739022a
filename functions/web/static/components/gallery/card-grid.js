/** A grid of video cards with arrow key navigation. Only one card is in the tab order. Emits `video-action`. */

import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { nextItem } from "../../lib/grid-navigation.js";
import "./video-card.js";

const SKELETON_COUNT = 8;
const NO_REPEAT = ["Enter", "Delete", "Backspace"]; // a held key must not act on the next card, or click again

const style = sheet(`
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16.5rem), 1fr)); gap: clamp(0.9rem, 0.6rem + 0.8vw, 1.25rem); margin: 0; padding: 0; list-style: none; }
ul[aria-busy="true"] { opacity: 0.55; }
ul.first { opacity: 1; }
li { min-width: 0; }
.ghost { display: grid; gap: 0.6rem; padding-bottom: 0.9rem; border: 1px solid var(--line); border-radius: var(--round); overflow: hidden; }
.ghost :first-child { aspect-ratio: 3 / 2; border-radius: 0; }
.ghost :not(:first-child) { height: 0.9rem; margin: 0 0.9rem; }
.ghost :last-child { width: 45%; }
.keys { margin-top: 0.9rem; }
@media (pointer: coarse), (max-width: 40rem) { .keys { display: none; } }
`);

export class CardGrid extends Element {
  static sheets = [style];
  #items = new Map(); // by the video's id: the list item with its card
  #keys = h(
    "p",
    { id: "keys", class: "hint keys", hidden: true },
    "Arrow keys: move · Enter: open · Delete: delete · /: search",
  );
  #list = h("ul", { role: "list", "aria-describedby": "keys" });
  #current = null; // the card in the tab order

  /** The attribute `label` names the list. */
  start() {
    this.#list.setAttribute("aria-label", this.getAttribute("label"));
    this.#list.addEventListener("keydown", (event) => this.#onKey(event), { signal: this.signal });
    this.#list.addEventListener(
      "focusin",
      (/** @type {any} */ event) => this.#setCurrent(event.target.closest("video-card")),
      {
        signal: this.signal,
      },
    );
    this.shadowRoot.replaceChildren(this.#list, this.#keys);
  }

  set isBusy(isBusy) {
    this.#list.setAttribute("aria-busy", String(isBusy));
  }

  /** @returns {import("./video-card.js").VideoCard[]} */
  get cards() {
    return /** @type {any} */ ([...this.#list.querySelectorAll("video-card")]);
  }

  /** Show placeholders while the videos are loading. */
  showSkeletons() {
    this.#list.classList.add("first");
    this.#list.replaceChildren(
      ...Array.from({ length: SKELETON_COUNT }, () =>
        h(
          "li",
          { "aria-hidden": "true" },
          h(
            "div",
            { class: "ghost" },
            Array.from({ length: 3 }, () => h("div", { class: "skeleton" })),
          ),
        ),
      ),
    );
  }

  /** Show these videos in this order. Existing cards stay, with their focus, and get the new records. */
  show(videos, titleOf) {
    const items = videos.map((video) => this.#item(video, titleOf(video)));
    const shown = new Set(items);
    for (const item of [...this.#list.children]) if (!shown.has(item)) item.remove();
    items.forEach((item, at) => {
      if (this.#list.children[at] !== item) this.#list.insertBefore(item, this.#list.children[at] ?? null);
    });
    this.#items = new Map(videos.map((video, at) => [video.id, items[at]]));
    this.#list.classList.remove("first");
    this.#keys.hidden = videos.length === 0;
    this.#setCurrent(this.cards.includes(this.#current) ? this.#current : this.cards[0]);
  }

  indexOf(id) {
    return this.cards.findIndex((it) => it.video.id === id);
  }

  /** Focus the card at an index, or the last card. Return false if there is none. */
  focusAt(index) {
    const card = this.cards[Math.max(0, index)] ?? this.cards.at(-1);
    card?.focus();
    return card !== undefined;
  }

  #item(video, caption) {
    const item = this.#items.get(video.id) ?? h("li", {}, h("video-card", { tabindex: "-1" }));
    item.firstElementChild.caption = caption;
    item.firstElementChild.video = video;
    return item;
  }

  #setCurrent(card) {
    if (!card) return;
    this.#current?.setAttribute("tabindex", "-1");
    card.setAttribute("tabindex", "0");
    this.#current = card;
  }

  #onKey(event) {
    const card = event.target.closest("video-card");
    if (!card || event.altKey || event.metaKey || event.ctrlKey) return;
    if (event.repeat && NO_REPEAT.includes(event.key)) return event.preventDefault();
    const isOnCard = event.composedPath()[0] === card;
    const to = nextItem(this.cards, card, event.key);
    if (to) to.focus();
    else if (event.key === "Enter" && isOnCard) card.emit("video-action", { action: "open", video: card.video });
    else if (event.key === "Delete" || event.key === "Backspace")
      card.emit("video-action", { action: "delete", video: card.video });
    else if (event.key === "Escape" && !isOnCard) card.focus();
    else return;
    event.preventDefault();
  }
}

customElements.define("card-grid", CardGrid);
