/** The details dialog of a video: player or progress, actions, and how it was made. Emits `video-action`. */

import { flatten, h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { truncate, videoTitle } from "../../lib/format.js";
import { videoElement } from "./details-parts.js";
import "./content-credentials.js";
import "./share-panel.js";
import "./video-about.js";
import "./video-progress.js";

const style = sheet(`
dialog { width: min(60rem, 100vw - 2rem); }
header { position: sticky; top: 0; z-index: 3; display: flex; align-items: center; gap: 1rem; padding: 0.6rem 0.6rem 0.6rem 1.25rem; background: var(--surface); border-bottom: 1px solid var(--line); }
h2:focus { outline: none; }
h2 { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 1.0625rem; border-radius: 0.3rem; }
.columns { display: grid; grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr); gap: 1.5rem; padding: 1.25rem; align-items: start; }
.column { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
video { display: block; justify-self: center; border-radius: 0.75rem; background: #0d0d0f; }
@media (max-width: 48rem) { .columns { grid-template-columns: minmax(0, 1fr); padding: 1rem; } }
`);

class VideoDetails extends Element {
  static sheets = [style];
  /** @type {Video | null} */
  #video = null;
  #rendered = "";
  #heading = h("h2", { id: "title", tabindex: "-1" });
  #stage = h("div", { class: "column" });
  #share = h("share-panel", { "onsharing-stopped": () => this.find("[data-action=share]")?.focus() });
  #actions = h("div", { class: "row" });
  #marks = h("content-credentials");
  #about = h("video-about", { "onoriginal-shown": ({ detail }) => this.#showOriginal(detail.video) });
  #closeButton = h(
    "button",
    { type: "button", class: "plain round", "aria-label": "Close", onclick: () => this.close() },
    icon("close"),
  );
  #dialog = h(
    "dialog",
    { "aria-labelledby": "title" },
    h("header", {}, this.#heading, this.#closeButton),
    h(
      "div",
      { class: "columns" },
      h("div", { class: "column" }, this.#stage, this.#actions, this.#share, this.#marks),
      this.#about,
    ),
  );

  start() {
    const { signal } = this;
    this.shadowRoot.replaceChildren(this.#dialog);
    const onBackdropClick = (event) => event.target === this.#dialog && this.close();
    this.#dialog.addEventListener("close", () => this.#onClose(), { signal });
    this.#dialog.addEventListener("click", onBackdropClick, { signal });
    this.addEventListener("video-remix", () => this.close(), { signal });
    this.#stage.addEventListener("videos-created", ({ detail }) => this.#render(detail.videos[0]), { signal });
  }

  /**
   * Open the dialog. `isPlaying` starts the video, `isSharing` creates its public link.
   *
   * @param {Video} video
   * @param {{ title?: string, isPlaying?: boolean, isSharing?: boolean }} [options]
   */
  open(video, { title, isPlaying = false, isSharing = false } = {}) {
    this.#render(video, title);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#heading.focus();
    const play = isPlaying && this.find("video")?.play();
    if (play) play.catch(() => {}); // where autoplay is blocked, the user can press play
    if (isSharing) this.#share.open();
  }

  close() {
    this.#dialog.close();
  }

  /** Update the dialog with the newest record of its video, if that is among these. */
  update(videos) {
    const found = this.#dialog.open && videos.find((it) => it.id === this.#video.id);
    if (found) this.#render(found);
  }

  /** Render only what has changed, so that playback continues and a selection stays. */
  #render(video, title = video.id === this.#video?.id ? this.#heading.textContent : videoTitle(video)) {
    const rendered = [video.id, video.status].join();
    const isNew = rendered !== this.#rendered;
    this.#video = video;
    this.#rendered = rendered;
    this.#heading.textContent = truncate(title, 140);
    this.#share.video = video;
    this.#marks.video = video;
    if (isNew) this.#stage.replaceChildren(video.status === "completed" ? videoElement(video) : h("video-progress"));
    const progress = /** @type {any} */ (this.#stage.querySelector("video-progress"));
    if (progress) progress.video = video;
    if (isNew) this.#actions.replaceChildren(...this.#buttons());
    this.#about.video = video;
  }

  #buttons() {
    const { links, status } = this.#video;
    const button = (action, name, label, onclick = () => this.#act(action)) => {
      const kind = action === "delete" ? "danger" : "";
      return h("button", { type: "button", class: kind, "data-action": action, onclick }, icon(name), label);
    };
    return flatten([
      links.download && button("download", "download", "Download"),
      links.share && button("share", "share", "Share", () => this.#share.open()),
      links.remix && status === "completed" && button("remix", "remix", "Remix"),
      links.delete && button("delete", "trash", "Delete"),
    ]);
  }

  #showOriginal(video) {
    this.#render(video);
    this.#heading.focus();
  }

  #act(action) {
    this.emit("video-action", { action, video: this.#video });
  }

  /** Stop playback and progress in the closed dialog. */
  #onClose() {
    this.#rendered = "";
    this.find("video")?.pause();
    this.#stage.replaceChildren();
    this.#share.hidden = true;
  }
}

customElements.define("video-details", VideoDetails);
