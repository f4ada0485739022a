/** A moving look at a video over its thumbnail: fetched only when one stays on it, and given back afterwards. */

import { h } from "./dom.js";

const AFTER_MS = 250;
const isMotionUnwelcome = matchMedia("(prefers-reduced-motion: reduce)");
const failed = new Set(); // ids, of what need not be tried again
let shown = null; // one at a time

export class HoverPreview {
  #frame;
  #timer = null;
  #node = null;

  /** Over what is in `frame`, which must be a positioned box. */
  constructor(frame) {
    this.#frame = frame;
  }

  begin(video) {
    this.end();
    if (!video.video_url || failed.has(video.id) || isMotionUnwelcome.matches || navigator.connection?.saveData) return;
    this.#timer = setTimeout(() => this.#mount(video), AFTER_MS);
  }

  /** Gives up the connection too: a video without a source fetches nothing. */
  end() {
    clearTimeout(this.#timer);
    const node = this.#node;
    if (!node) return;
    this.#node = null;
    if (shown === this) shown = null;
    node.pause();
    node.removeAttribute("src");
    node.load();
    node.remove();
  }

  #mount(video) {
    shown?.end();
    shown = this;
    const node = h("video", {
      class: "preview",
      src: video.video_url,
      preload: "none",
      playsinline: true,
      loop: true,
      tabindex: "-1",
      "aria-hidden": "true",
    });
    node.muted = true; // the attribute alone does not mute what a script has made
    node.addEventListener("playing", () => node.classList.add("moving"), { once: true });
    node.addEventListener("error", () => this.#fail(node, video));
    this.#node = node;
    this.#frame.append(node);
    node.play().catch(() => {}); // a browser that does not play by itself leaves the thumbnail
  }

  #fail(node, video) {
    if (node !== this.#node) return;
    failed.add(video.id);
    this.end();
  }
}
