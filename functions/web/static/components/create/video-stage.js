/** The generator's right side: a preview frame, and then the progress of new videos. */

import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { importOrNotify } from "../../lib/lazy-import.js";

const style = sheet(`
.empty { display: grid; place-items: center; min-height: 22rem; padding: 1.25rem; border-radius: var(--round); background: var(--sunken); background-image: radial-gradient(color-mix(in srgb, var(--quiet) 22%, transparent) 1px, transparent 0); background-size: 1.25rem 1.25rem; }
.empty:has(+ video-progress-list:not([hidden])) { display: none; }
.frame { position: relative; display: grid; place-items: center; align-content: center; gap: 0.6rem; max-width: 100%; padding: 1rem; overflow: hidden; border: 1px solid var(--line); border-radius: 0.9rem; background: var(--surface); box-shadow: var(--shade); color: var(--quiet); text-align: center; text-wrap: balance; transition: width 240ms ease, aspect-ratio 240ms ease; }
.frame .icon { width: 2rem; height: 2rem; color: var(--accent); }
.frame img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; }
.frame .ratio { position: absolute; inset: auto auto 0.6rem 0.6rem; }
`);

class VideoStage extends Element {
  static sheets = [style];
  #progress = null; // a <video-progress-list> after the first video
  #frame = h("div", { class: "frame" });
  #empty = h("div", { class: "empty" }, this.#frame);

  start() {
    if (this.find(".empty")) return;
    this.shadowRoot.replaceChildren(this.#empty);
    this.preview({ ratio: "1:1", url: null });
  }

  /** Preview the next video: its aspect ratio, and its source image if there is one. */
  preview({ ratio, url }) {
    const [x, y] = ratio.split(":").map(Number);
    this.#frame.style.aspectRatio = `${x} / ${y}`;
    this.#frame.style.width = `min(100%, calc(22rem * ${x / Math.max(x, y)} + ${x > y ? 6 : 0}rem))`;
    this.#frame.replaceChildren(
      ...(url
        ? [h("img", { src: url, alt: "" })]
        : [icon("film"), h("p", { class: "small" }, "Your video will appear here")]),
      h("span", { class: "ratio badge" }, ratio),
    );
  }

  has(id) {
    return this.#progress?.has(id) ?? false;
  }

  /** Show new videos. Earlier finished ones are removed. */
  async show(videos) {
    if (!(await importOrNotify(() => import("../video/video-progress-list.js"))) || this.signal.aborted) return;
    if (!this.#progress) {
      this.#progress = h("video-progress-list");
      this.shadowRoot.append(this.#progress);
    }
    this.#progress.show(videos);
  }
}

customElements.define("video-stage", VideoStage);
