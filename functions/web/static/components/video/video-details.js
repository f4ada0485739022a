/** All about one video, in a dialog: watching it, its prompt and settings, and what can be done next. Tells `video-action`. */

import * as api from "../../data/api.js";
import { facts } from "../../data/video-facts.js";
import { copy } from "../../lib/clipboard.js";
import { h, icon, present, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { short, title } from "../../lib/format.js";
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
.words { max-height: 14rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.55; }
.url { display: block; margin-bottom: 0.3rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.said { display: grid; gap: 0.3rem; }
.said .row { justify-content: space-between; }
h3 { font-size: 0.875rem; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.4rem 1rem; margin: 0; font-size: 0.875rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 48rem) { .columns { grid-template-columns: minmax(0, 1fr); padding: 1rem; } }
`);

class VideoDetails extends Element {
  static sheets = [style];
  #video = null;
  #drawn = "";
  #heading = h("h2", { id: "title", tabindex: "-1" });
  #stage = h("div", { class: "column" });
  #share = h("share-panel", { "onsharing-stopped": () => this.find("[data-action=share]")?.focus() });
  #actions = h("div", { class: "row" });
  #about = h("div", { class: "column" });
  #dialog = h(
    "dialog",
    { "aria-labelledby": "title" },
    h(
      "header",
      {},
      this.#heading,
      h(
        "button",
        { type: "button", class: "plain round", "aria-label": "Close", onclick: () => this.close() },
        icon("close"),
      ),
    ),
    h("div", { class: "columns" }, h("div", { class: "column" }, this.#stage, this.#actions, this.#share), this.#about),
  );

  start() {
    this.shadowRoot.replaceChildren(this.#dialog);
    this.#dialog.addEventListener("close", () => this.#leave(), { signal: this.signal });
    this.#dialog.addEventListener(
      "click",
      (event) => {
        if (event.target === this.#dialog) this.close();
      },
      { signal: this.signal },
    );
    this.addEventListener("video-remix", () => this.close(), { signal: this.signal });
    this.#stage.addEventListener("videos-created", ({ detail }) => this.#draw(detail.videos[0]), {
      signal: this.signal,
    });
  }

  /** `title` to call it by; `isPlaying` begins at once, `isSharing` makes its link. */
  open(video, { title: name, isPlaying = false, isSharing = false } = {}) {
    this.#draw(video, name);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#heading.focus();
    if (isPlaying)
      this.find("video")
        ?.play()
        .catch(() => {}); // then it is there to be played by hand
    if (isSharing) this.#share.open();
  }

  close() {
    this.#dialog.close();
  }

  /** Goes on with the record of the same video among these. */
  renew(videos) {
    const found = this.#dialog.open && videos.find((it) => it.id === this.#video.id);
    if (found) this.#draw(found);
  }

  /** Draws again only what is another than before: a video goes on playing, a selection stays. */
  #draw(video, name = video.id === this.#video?.id ? this.#heading.textContent : title(video)) {
    const drawn = [video.id, video.status].join();
    const isOther = drawn !== this.#drawn;
    this.#video = video;
    this.#drawn = drawn;
    this.#heading.textContent = short(name, 140);
    this.#share.video = video;
    if (isOther) this.#stage.replaceChildren(video.status === "completed" ? screen(video) : h("video-progress"));
    const progress = this.#stage.querySelector("video-progress");
    if (progress) progress.video = video;
    if (isOther) this.#actions.replaceChildren(...this.#buttons());
    if (isOther) this.#about.replaceChildren(...present([this.#prompts(), this.#facts()]));
  }

  #buttons() {
    const { links } = this.#video;
    const button = (action, picture, word, onclick) =>
      links[action] &&
      h(
        "button",
        { type: "button", class: action === "delete" ? "danger" : "", "data-action": action, onclick },
        icon(picture),
        word,
      );
    return present([
      button("download", "download", "Download", () => this.#act("download")),
      button("share", "share", "Share", () => this.#share.open()),
      this.#video.status === "completed" && button("remix", "remix", "Remix", () => this.#act("remix")),
      button("delete", "trash", "Delete", () => this.#act("delete")),
    ]);
  }

  #act(action) {
    this.tell("video-action", { action, video: this.#video });
  }

  #prompts() {
    const { prompt, final_prompt: sent, negative_prompt: negative } = this.#video;
    return [
      prompt !== null && said("Prompt", prompt, "Copy prompt"),
      sent !== prompt &&
        said(
          prompt === null ? "Prompt" : "Prompt as sent",
          sent,
          prompt === null ? "Copy prompt" : "Copy prompt as sent",
        ),
      negative && said("Negative prompt", negative),
    ];
  }

  #facts() {
    const list = h("dl");
    const show = (modelName) =>
      list.replaceChildren(
        ...present([
          facts(this.#video, modelName).map(([term, is]) => [h("dt", {}, term), h("dd", {}, String(is))]),
          this.#source(),
          this.#origin(),
          this.#file(),
        ]),
      );
    const { id, model } = this.#video;
    show(model);
    api.models().then(
      (all) => {
        if (this.#video.id === id) show(all.find((it) => it.id === model)?.name ?? model);
      },
      () => {},
    );
    return list;
  }

  /** Another host's image is named and never loaded. */
  #source() {
    const source = this.#video.source_image_url;
    if (!source) return null;
    const is = source.startsWith("https://")
      ? h("a", { href: source, target: "_blank", rel: "noopener noreferrer" }, source)
      : "Your upload";
    return [h("dt", {}, "Image"), h("dd", {}, is)];
  }

  #origin() {
    const id = this.#video.remixed_from;
    if (!id) return null;
    return [
      h("dt", {}, "Remix of"),
      h(
        "dd",
        {},
        h(
          "button",
          { type: "button", class: "chip", onclick: (event) => this.#showOrigin(id, event.currentTarget) },
          "Show the original",
        ),
      ),
    ];
  }

  async #showOrigin(id, button) {
    try {
      const { video } = await api.video(this.#video.links.self.replace(/[^/]+$/, id), { signal: this.signal });
      this.#draw(video);
      this.#heading.focus();
    } catch (error) {
      if (!api.isAborted(error)) button.replaceWith(error.status === 404 ? "It has been deleted" : error.message);
    }
  }

  #file() {
    const url = this.#video.video_url;
    if (!url) return null;
    const words = h(
      "a",
      { class: "url", href: url, target: "_blank", rel: "noopener" },
      url.replace(/^https?:\/\//, ""),
    );
    const copying = h(
      "button",
      { type: "button", class: "chip", onclick: () => copy(url, { said: "Link copied", field: selectable(words) }) },
      icon("link"),
      "Copy permanent link",
    );
    return [h("dt", {}, "Permanent link"), h("dd", {}, words, copying)];
  }

  /** Nothing goes on behind a closed dialog. */
  #leave() {
    this.#drawn = "";
    this.find("video")?.pause();
    this.#stage.replaceChildren();
    this.#share.hidden = true;
  }
}

/** In its box from the first moment, whatever it is shaped like. */
function screen(video) {
  const node = h("video", {
    controls: true,
    playsinline: true,
    loop: true,
    preload: "metadata",
    poster: video.thumbnail_url,
    src: video.video_url,
    "aria-label": short(title(video)),
  });
  const { width, height } = video;
  node.style.aspectRatio = `${width} / ${height}`;
  node.style.width = `min(100%, calc(56dvh * ${width} / ${height}))`;
  return node;
}

function said(heading, words, copying) {
  const node = h("p", { class: "words", tabindex: "0", role: "group", "aria-label": heading }, words); // focusable, since it may scroll
  const button = () =>
    h(
      "button",
      {
        type: "button",
        class: "chip plain",
        onclick: () => copy(words, { said: "Prompt copied", field: selectable(node) }),
      },
      copying,
    );
  return h("div", { class: "said" }, h("div", { class: "row" }, h("h3", {}, heading), copying && button()), node);
}

/** A text as a field that can be selected, for where copying has to be done by hand. */
const selectable = (node) => ({
  focus() {},
  select() {
    getSelection().selectAllChildren(node);
  },
});

customElements.define("video-details", VideoDetails);
