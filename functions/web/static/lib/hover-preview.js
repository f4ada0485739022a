/** Play a muted preview over a thumbnail while the pointer or focus rests on it, and free the video afterwards. */

import { h } from "./dom.js";

const DELAY_MS = 250;
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");
const failed = new Set(); // ids of videos that did not play, not tried again
let shown = null; // the one preview that plays

export class HoverPreview {
  #frame;
  #timer = null;
  #node = null;

  /** @param {HTMLElement} frame a positioned box that contains the thumbnail */
  constructor(frame) {
    this.#frame = frame;
  }

  start(video) {
    this.stop();
    if (!video.video_url || failed.has(video.id) || reducedMotion.matches || navigator.connection?.saveData) return;
    this.#timer = setTimeout(() => this.#mount(video), DELAY_MS);
  }

  /** Also close the connection: a video element without a source downloads nothing. */
  stop() {
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
    shown?.stop();
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
    node.muted = true; // the attribute alone does not mute an element created by a script
    node.addEventListener("playing", () => node.classList.add("moving"), { once: true });
    node.addEventListener("error", () => this.#fail(node, video));
    this.#node = node;
    this.#frame.append(node);
    node.play().catch(() => {}); // where autoplay is blocked, the thumbnail stays
  }

  #fail(node, video) {
    if (node !== this.#node) return;
    failed.add(video.id);
    this.stop();
  }
}
