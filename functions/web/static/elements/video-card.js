/** One video in a grid: its first frame, what it is of, and what can be done with it. Tells `video-action` {action, video}. */

import { h, icon, present } from "../dom.js";
import { Element } from "../element.js";
import { HoverPreview } from "../hover-preview.js";
import { STATUSES, TYPES, about, ago, clock, isFinished, moment, short, title } from "../words.js";
import { style } from "./video-card-style.js";

const ACTIONS = {
  download: { word: "Download", icon: "download" },
  share: { word: "Share", icon: "share" },
  cancel: { word: "Cancel", icon: "close" },
  remix: { word: "Remix", icon: "remix" },
  delete: { word: "Delete", icon: "trash" },
};
const WHILE_UNFINISHED = ["cancel", "delete"];
const ONCE_FINISHED = ["download", "share", "remix", "delete"];

export class VideoCard extends Element {
  static sheets = [style];
  #video = null;
  #begunAt = 0;
  #ticking = null;
  #clock = h("span", { class: "clock" });
  #title = h("button", { type: "button", class: "title", onclick: () => this.#act("open") });
  #time = h("time", { class: "quiet" });
  #frame = h("div", { class: "frame" });
  #actions = h("div", { class: "actions" });
  #preview = new HoverPreview(this.#frame);
  #drawn = "";

  /** What to call it; by default its prompt. To be set before `video`. */
  caption = null;

  get video() { return this.#video; }

  /** Again on every update: what is the same stays as it is, with its focus. */
  set video(video) {
    this.#video = video;
    this.#begunAt = Date.now() - video.elapsed_seconds * 1000;
    const drawn = [video.status, video.thumbnail_url, video.error?.message, Object.keys(video.links), this.#name].join("\n");
    if (drawn !== this.#drawn) this.#draw();
    this.#drawn = drawn;
    this.#time.textContent = ago(video.created_at);
    this.#wind();
  }

  start() {
    this.setAttribute("role", "article");
    if (!this.#frame.isConnected) this.shadowRoot.replaceChildren(this.#frame, h("div", { class: "body" }, h("h3", {}, this.#title), h("div", { class: "foot" }, this.#time, this.#actions)));
    this.#wind();
    const until = { signal: this.signal };
    this.signal.addEventListener("abort", () => { clearInterval(this.#ticking); this.#preview.end(); });
    this.#frame.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") this.#preview.begin(this.#video); }, until);
    this.#frame.addEventListener("pointerleave", () => this.#preview.end(), until);
    this.addEventListener("focusin", () => { if (this.matches(":focus-visible")) this.#preview.begin(this.#video); }, until);
    this.addEventListener("focusout", () => this.#preview.end(), until);
  }

  get #name() { return this.caption ?? title(this.#video); }

  #act(action) { this.tell("video-action", { action, video: this.#video }); }

  #draw() {
    const { status, created_at: createdAt } = this.#video;
    const name = short(this.#name, 160);
    this.#preview.end();
    this.setAttribute("aria-label", status === "completed" ? short(name) : `${short(name)}, ${STATUSES[status].word.toLowerCase()}`);
    this.#title.textContent = name;
    this.#time.dateTime = createdAt;
    this.#time.title = moment(createdAt);
    this.#keepFocus(() => {
      this.#frame.replaceChildren(...present([this.#picture(), this.#badges()]));
      this.#actions.replaceChildren(...this.#buttons());
    });
  }

  /** A button that is drawn again, or has gone, leaves its focus to its successor or to the card. */
  #keepFocus(draw) {
    const label = this.shadowRoot.activeElement?.dataset.action;
    draw();
    if (label && !this.shadowRoot.activeElement) (this.find(`[data-action="${label}"]`) ?? this).focus();
  }

  #picture() {
    const video = this.#video;
    if (video.status === "completed") return [this.#thumbnail(), this.#play(), h("span", { class: "length" }, `${video.duration_seconds} s`)];
    if (isFinished(video)) return this.#reason();
    const usual = video.usual_seconds && h("span", { class: "small" }, `usually ${about(video.usual_seconds.usually)}`);
    return h("div", { class: "making" }, this.#clock, h("span", { class: "small" }, STATUSES[video.status].says), usual);
  }

  #thumbnail() {
    const image = h("img", { src: this.#video.thumbnail_url, alt: "", loading: "lazy", decoding: "async" });
    image.addEventListener("error", () => image.replaceWith(h("div", { class: "making" }, icon("film"))), { once: true });
    return image;
  }

  #play() {
    return h("button", { type: "button", class: "play", "data-action": "play", "aria-label": `Play: ${short(this.#name)}`, onclick: () => this.#act("play") },
      h("span", { class: "disc" }, icon("play")));
  }

  #reason() {
    const { status, error, links } = this.#video;
    const again = () => h("button", { type: "button", class: "chip", "data-action": "retry", "aria-label": `Try again: ${short(this.#name)}`, onclick: () => this.#act("retry") }, icon("retry"), "Try again");
    return h("div", { class: status === "failed" ? "making failed" : "making" },
      h("span", { class: "small reason" }, error?.message ?? STATUSES[status].says), links.retry && again());
  }

  #badges() {
    const { status, type } = this.#video;
    const { word, badge } = STATUSES[status];
    const isBusy = badge === "busy";
    return h("div", { class: "badges" },
      status !== "completed" && h("span", { class: `badge ${badge}` }, isBusy && h("span", { class: "spinner" }), word),
      type !== "user" && h("span", { class: "badge" }, TYPES[type]));
  }

  #buttons() {
    const names = isFinished(this.#video) ? ONCE_FINISHED : WHILE_UNFINISHED;
    return names.filter((name) => this.#video.links[name]).map((name) => {
      const { word, icon: picture } = ACTIONS[name];
      const kind = name === "delete" ? "plain round danger" : "plain round";
      return h("button", { type: "button", class: kind, "data-action": name, "aria-label": `${word}: ${short(this.#name)}`, title: word, onclick: () => this.#act(name) }, icon(picture));
    });
  }

  /** The clock runs as long as the video is unfinished and the card in the page. */
  #wind() {
    clearInterval(this.#ticking);
    if (!this.#video || isFinished(this.#video)) return;
    this.#tick();
    if (this.isConnected) this.#ticking = setInterval(() => this.#tick(), 1000);
  }

  #tick() { this.#clock.textContent = clock((Date.now() - this.#begunAt) / 1000); }
}

customElements.define("video-card", VideoCard);
