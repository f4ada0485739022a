/** A completed video: player, permanent link, download and sharing. */

import * as api from "../../data/api.js";
import { copyText } from "../../lib/clipboard.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { fileSize, videoTitle } from "../../lib/format.js";
import { importOrNotify } from "../../lib/lazy-import.js";

const style = sheet(`
:host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.9rem; }
video { display: block; max-width: 100%; margin: 0 auto; border-radius: 0.75rem; background: #0d0d0f; object-fit: contain; }
.link { display: flex; gap: 0.5rem; align-items: center; }
.link input { flex: 1; min-width: 0; text-overflow: ellipsis; font-size: 0.875rem; }
.link button { flex: none; }
:host([compact]) button { padding-inline: 0.7rem; font-size: 0.875rem; }
:host([compact]) .permanent, :host(:not([compact])) .brief { display: none; }
.facts { font-variant-numeric: tabular-nums; }
`);

class VideoPlayer extends Element {
  static sheets = [style];
  #video = null;

  start() {
    this.#render();
  }

  get video() {
    return this.#video;
  }

  /** A completed video. Setting the same one again does not interrupt playback. */
  set video(video) {
    const isOther = video.video_url !== this.#video?.video_url;
    this.#video = video;
    if (isOther && this.isConnected) this.#render();
  }

  #render() {
    const video = this.#video;
    if (!video) return;
    this.shadowRoot.replaceChildren(
      screen(video),
      h(
        "div",
        { class: "row" },
        this.#button("download", "Download", () => this.#download()),
        this.#button("share", "Share", () => this.#share()),
        h(
          "span",
          { class: "brief" },
          this.#button("link", "Copy link", () => copyText(video.video_url, { message: "Link copied" })),
        ),
      ),
      h("div", { class: "shared", hidden: true }),
      linkField(video.video_url),
      h("p", { class: "facts small quiet" }, facts(video)),
      h("p", { class: "error", role: "alert" }),
    );
  }

  #button(iconName, label, action) {
    return h(
      "button",
      { type: "button", onclick: ({ currentTarget }) => this.#run(currentTarget, action) },
      icon(iconName),
      label,
    );
  }

  async #download() {
    const link = h("a", { href: await api.fileUrl(this.#video), download: true, hidden: true });
    this.shadowRoot.append(link);
    link.click();
    link.remove();
  }

  /** The panel is imported when first needed. */
  async #share() {
    if (!(await importOrNotify(() => import("./share-panel.js")))) return;
    const panel = h("share-panel", { video: this.#video });
    this.find(".shared").replaceChildren(panel);
    this.find(".shared").hidden = false;
    panel.addEventListener("sharing-stopped", () => {
      this.find(".shared").hidden = true;
    });
    await panel.open();
  }

  async #run(button, action) {
    button.disabled = true;
    this.find(".error").textContent = "";
    try {
      await action();
    } catch (error) {
      this.find(".error").textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }
}

/** Sized before it is loaded, so that nothing moves. */
function screen(video) {
  const [x, y] = video.aspect_ratio.split(":").map(Number);
  const { width, height } = video.width && video.height ? video : { width: x, height: y };
  const node = h("video", {
    controls: true,
    playsinline: true,
    preload: "metadata",
    poster: video.thumbnail_url,
    src: video.video_url,
    "aria-label": videoTitle(video),
  });
  node.style.aspectRatio = `${width} / ${height}`;
  node.style.width = `min(100%, calc(min(34rem, var(--tallest, 70dvh)) * ${width / height}))`;
  return node;
}

function linkField(url) {
  const field = h("input", { id: "url", readonly: true, value: url, onfocus: () => field.select() });
  return h(
    "div",
    { class: "field permanent" },
    h("label", { for: "url" }, "Permanent link"),
    h(
      "div",
      { class: "link" },
      field,
      h(
        "button",
        { type: "button", onclick: () => copyText(url, { message: "Link copied", field }) },
        icon("link"),
        "Copy link",
      ),
    ),
  );
}

function facts(video) {
  return [
    "AI-generated",
    video.width && `${video.width} × ${video.height}`,
    `${(video.measured_seconds ?? video.duration_seconds).toFixed(1)} s`,
    video.size_bytes && fileSize(video.size_bytes),
  ]
    .filter(Boolean)
    .join(" · ");
}

customElements.define("video-player", VideoPlayer);
