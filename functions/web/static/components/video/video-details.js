/** The details dialog of a video: player or progress, actions, prompt and details. Emits `video-action`. */

import * as api from "../../data/api.js";
import { videoFacts } from "../../data/video-facts.js";
import { copyText } from "../../lib/clipboard.js";
import { flatten, h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { truncate, videoTitle } from "../../lib/format.js";
import { selectable, textBlock, videoElement } from "./details-parts.js";
import "./share-panel.js";
import "./video-progress.js";

const style = sheet(`
dialog { width: min(60rem, 100vw - 2rem); }
header { position: sticky; top: 0; z-index: 3; display: flex; align-items: center; gap: 1rem; padding: 0.6rem 0.6rem 0.6rem 1.25rem; background: var(--surface); border-bottom: 1px solid var(--line); }
h2:focus { outline: none; }
h2 { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 1.0625rem; border-radius: 0.3rem; }
.columns { display: grid; grid-template-columns: minmax(0, 1.5fr) minmax(0, 1fr); gap: 1.5rem; padding: 1.25rem; align-items: start; }
.column { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
video { display: block; justify-self: center; border-radius: 0.75rem; background: #0d0d0f; }
.text { max-height: 14rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.55; }
.url { display: block; margin-bottom: 0.3rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.text-block { display: grid; gap: 0.3rem; }
.text-block .row { justify-content: space-between; }
h3 { font-size: 0.875rem; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.4rem 1rem; margin: 0; font-size: 0.875rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
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
  #about = h("div", { class: "column" });
  #closeButton = h(
    "button",
    { type: "button", class: "plain round", "aria-label": "Close", onclick: () => this.close() },
    icon("close"),
  );
  #dialog = h(
    "dialog",
    { "aria-labelledby": "title" },
    h("header", {}, this.#heading, this.#closeButton),
    h("div", { class: "columns" }, h("div", { class: "column" }, this.#stage, this.#actions, this.#share), this.#about),
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
    if (isNew) this.#stage.replaceChildren(video.status === "completed" ? videoElement(video) : h("video-progress"));
    const progress = /** @type {any} */ (this.#stage.querySelector("video-progress"));
    if (progress) progress.video = video;
    if (isNew) this.#actions.replaceChildren(...this.#buttons());
    if (isNew) this.#about.replaceChildren(...flatten([this.#prompts(), this.#facts()]));
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

  #act(action) {
    this.emit("video-action", { action, video: this.#video });
  }

  #prompts() {
    const { prompt, final_prompt: sent, negative_prompt: negative } = this.#video;
    const [heading, copyLabel] =
      prompt === null ? ["Prompt", "Copy prompt"] : ["Prompt as sent", "Copy prompt as sent"];
    return [
      prompt !== null && textBlock("Prompt", prompt, "Copy prompt"),
      sent !== prompt && textBlock(heading, sent, copyLabel),
      negative && textBlock("Negative prompt", negative),
    ];
  }

  #facts() {
    const list = h("dl");
    const show = (modelName) => {
      const facts = videoFacts(this.#video, modelName);
      const rows = facts.map(([term, value]) => [h("dt", {}, term), h("dd", {}, String(value))]);
      list.replaceChildren(...flatten([rows, this.#sourceRow(), this.#originRow(), this.#linkRow()]));
    };
    const { id, model } = this.#video;
    show(model);
    const showName = (models) => this.#video.id === id && show(models.find((it) => it.id === model)?.name ?? model);
    api.models().then(showName, () => {});
    return list;
  }

  /** An image on another host is linked, but never loaded. */
  #sourceRow() {
    const source = this.#video.source_image_url;
    if (!source) return null;
    const attributes = { href: source, target: "_blank", rel: "noopener noreferrer" };
    const value = source.startsWith("https://") ? h("a", attributes, source) : "Uploaded image";
    return [h("dt", {}, "Image"), h("dd", {}, value)];
  }

  #originRow() {
    const id = this.#video.remixed_from;
    if (!id) return null;
    const onclick = (event) => this.#showOrigin(id, event.currentTarget);
    const button = h("button", { type: "button", class: "chip", onclick }, "Show original");
    return [h("dt", {}, "Remix of"), h("dd", {}, button)];
  }

  async #showOrigin(id, button) {
    try {
      const path = this.#video.links.self.replace(/[^/]+$/, id);
      const { video } = await api.video(path, { signal: this.signal });
      this.#render(video);
      this.#heading.focus();
    } catch (error) {
      if (!api.isAborted(error)) button.replaceWith(error.status === 404 ? "Deleted" : error.message);
    }
  }

  #linkRow() {
    const url = this.#video.video_url;
    if (!url) return null;
    const attributes = { class: "url", href: url, target: "_blank", rel: "noopener" };
    const link = h("a", attributes, url.replace(/^https?:\/\//, ""));
    const onclick = () => copyText(url, { message: "Link copied", field: selectable(link) });
    const button = h("button", { type: "button", class: "chip", onclick }, icon("link"), "Copy permanent link");
    return [h("dt", {}, "Permanent link"), h("dd", {}, link, button)];
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
