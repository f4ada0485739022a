/** The home view: the video generator and the user's video history. */

import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import * as router from "../../lib/router.js";
import "../create/video-generator.js";
import "../gallery/video-history.js";

export const element = "home-view";

const style = sheet(`
.stack { display: grid; gap: clamp(2rem, 1.5rem + 2vw, 3.5rem); }
`);

class HomeView extends Element {
  static sheets = [style];
  #history = h("video-history", { "onfilters-changed": ({ detail }) => router.replaceQuery(detail) });
  #generator = h("video-generator");

  start() {
    document.title = "Keepreel";
    this.#history.addEventListener(
      "video-remix",
      (event) => {
        event.preventDefault();
        this.#generator.remix(event.detail.video);
      },
      { signal: this.signal },
    );
    this.#history.addEventListener(
      "video-ended",
      (event) => {
        if (this.#generator.shows(event.detail.video)) event.preventDefault();
      },
      { signal: this.signal },
    );
    this.#history.addEventListener("start-creating", () => this.#generator.focus(), {
      signal: this.signal,
    });
    this.#generator.addEventListener("videos-created", ({ detail }) => this.#history.add(detail.videos), {
      signal: this.signal,
    });
    this.shadowRoot.replaceChildren(h("div", { class: "stack" }, this.#generator, this.#history));
  }

  /** `{ parts, query }`, as `router.currentRoute()` gives it. */
  set route({ query }) {
    this.#history.filters = query;
  }
}

customElements.define(element, HomeView);
