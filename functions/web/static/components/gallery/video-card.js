/** One video in a grid: its first frame, what it is of, and what can be done with it. Tells `video-action` {action, video}. */

import { h, icon, present, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { about, ago, clock, isFinished, moment, STATUSES, short, TYPES, title } from "../../lib/format.js";
import { HoverPreview } from "../../lib/hover-preview.js";

const style = sheet(`
:host { display: flex; flex-direction: column; height: 100%; overflow: hidden; border: 1px solid var(--line); border-radius: var(--round); background: var(--surface); transition: border-color 120ms, box-shadow 120ms; }
:host(:hover) { border-color: var(--edge); box-shadow: var(--shade); }
:host(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 2px; }
.frame { position: relative; display: grid; aspect-ratio: 3 / 2; overflow: clip; background: var(--sunken); }
img, .preview { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: cover; object-position: 50% 35%; }
.preview { opacity: 0; transition: opacity 250ms; pointer-events: none; }
.preview.moving { opacity: 1; }
button.play { position: absolute; inset: 0; width: 100%; height: 100%; padding: 0; border: 0; border-radius: 0; background: none; z-index: 1; }
button.play:focus-visible { outline-offset: -4px; outline-color: #fff; box-shadow: inset 0 0 0 6px var(--accent); }
.disc { display: grid; place-items: center; width: 3rem; height: 3rem; border-radius: 50%; background: rgb(14 13 11 / 55%); color: #fff; backdrop-filter: blur(4px); transition: scale 120ms, background-color 120ms, opacity 250ms; }
.disc .icon { fill: currentColor; translate: 1px 0; }
button.play:hover .disc { scale: 1.08; background: rgb(14 13 11 / 75%); }
.frame:has(.moving) .disc { opacity: 0; }
.badges { position: absolute; inset: 0.6rem auto auto 0.6rem; z-index: 2; display: flex; flex-wrap: wrap; gap: 0.3rem; pointer-events: none; }
.badges .badge { background: var(--surface); }
.badge .spinner { width: 0.8em; height: 0.8em; border-width: 1.5px; }
.length { position: absolute; inset: auto 0.6rem 0.6rem auto; z-index: 2; padding: 0.05rem 0.45rem; border-radius: 0.4rem; background: rgb(14 13 11 / 72%); color: #fff; font-size: 0.75rem; font-weight: 600; pointer-events: none; }
.making { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 0.1rem; padding: 2.4rem 1rem 0.75rem; background: var(--tint); color: var(--quiet); text-align: center; }
.making .clock { color: var(--text); font-size: 1.75rem; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -0.02em; line-height: 1.2; }
.making .chip { flex: none; margin-top: 0.6rem; }
.failed { background: var(--bad-tint); color: var(--bad); }
.reason { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 3; line-clamp: 3; overflow-wrap: anywhere; line-height: 1.4; }
.body { display: flex; flex-direction: column; flex: 1; padding: 0.7rem 0.4rem 0.3rem 0.9rem; }
h3 { display: flex; flex: 1; align-items: flex-start; min-height: 2.75rem; padding-inline-end: 0.5rem; }
button.title { display: -webkit-box; width: 100%; min-height: 2.75rem; max-height: 2.8em; padding: 0; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2; border: 0; border-radius: 0.3rem; background: none; font-weight: 550; line-height: 1.4; text-align: start; overflow-wrap: anywhere; text-wrap: wrap; }
button.title:hover { text-decoration: underline; text-underline-offset: 0.2em; }
.foot { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 0.25rem; }
time { font-size: 0.8125rem; white-space: nowrap; }
.actions { display: flex; flex-wrap: wrap; justify-content: flex-end; margin-inline-start: auto; }
.actions button { color: var(--quiet); }
@media (pointer: fine) { .actions button.round { width: 2.35rem; min-height: 2.35rem; } }
.actions button:hover { color: var(--text); }
.actions button.danger:hover { color: var(--bad); border-color: transparent; background: var(--bad-tint); }
@media (forced-colors: active) { :host, .length { border: 1px solid; } }
`);

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

  get video() {
    return this.#video;
  }

  /** Again on every update: what is the same stays as it is, with its focus. */
  set video(video) {
    this.#video = video;
    this.#begunAt = Date.now() - video.elapsed_seconds * 1000;
    const drawn = [video.status, video.thumbnail_url, video.error?.message, Object.keys(video.links), this.#name].join(
      "\n",
    );
    if (drawn !== this.#drawn) this.#draw();
    this.#drawn = drawn;
    this.#time.textContent = ago(video.created_at);
    this.#wind();
  }

  start() {
    this.setAttribute("role", "article");
    if (!this.#frame.isConnected)
      this.shadowRoot.replaceChildren(
        this.#frame,
        h("div", { class: "body" }, h("h3", {}, this.#title), h("div", { class: "foot" }, this.#time, this.#actions)),
      );
    this.#wind();
    const until = { signal: this.signal };
    this.signal.addEventListener("abort", () => {
      clearInterval(this.#ticking);
      this.#preview.end();
    });
    this.#frame.addEventListener(
      "pointerenter",
      (event) => {
        if (event.pointerType === "mouse") this.#preview.begin(this.#video);
      },
      until,
    );
    this.#frame.addEventListener("pointerleave", () => this.#preview.end(), until);
    this.addEventListener(
      "focusin",
      () => {
        if (this.matches(":focus-visible")) this.#preview.begin(this.#video);
      },
      until,
    );
    this.addEventListener("focusout", () => this.#preview.end(), until);
  }

  get #name() {
    return this.caption ?? title(this.#video);
  }

  #act(action) {
    this.tell("video-action", { action, video: this.#video });
  }

  #draw() {
    const { status, created_at: createdAt } = this.#video;
    const name = short(this.#name, 160);
    this.#preview.end();
    this.setAttribute(
      "aria-label",
      status === "completed" ? short(name) : `${short(name)}, ${STATUSES[status].word.toLowerCase()}`,
    );
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
    if (video.status === "completed")
      return [this.#thumbnail(), this.#play(), h("span", { class: "length" }, `${video.duration_seconds} s`)];
    if (isFinished(video)) return this.#reason();
    const usual = video.usual_seconds && h("span", { class: "small" }, `usually ${about(video.usual_seconds.usually)}`);
    return h(
      "div",
      { class: "making" },
      this.#clock,
      h("span", { class: "small" }, STATUSES[video.status].says),
      usual,
    );
  }

  #thumbnail() {
    const image = h("img", { src: this.#video.thumbnail_url, alt: "", loading: "lazy", decoding: "async" });
    image.addEventListener("error", () => image.replaceWith(h("div", { class: "making" }, icon("film"))), {
      once: true,
    });
    return image;
  }

  #play() {
    return h(
      "button",
      {
        type: "button",
        class: "play",
        "data-action": "play",
        "aria-label": `Play: ${short(this.#name)}`,
        onclick: () => this.#act("play"),
      },
      h("span", { class: "disc" }, icon("play")),
    );
  }

  #reason() {
    const { status, error, links } = this.#video;
    const again = () =>
      h(
        "button",
        {
          type: "button",
          class: "chip",
          "data-action": "retry",
          "aria-label": `Try again: ${short(this.#name)}`,
          onclick: () => this.#act("retry"),
        },
        icon("retry"),
        "Try again",
      );
    return h(
      "div",
      { class: status === "failed" ? "making failed" : "making" },
      h("span", { class: "small reason" }, error?.message ?? STATUSES[status].says),
      links.retry && again(),
    );
  }

  #badges() {
    const { status, type } = this.#video;
    const { word, badge } = STATUSES[status];
    const isBusy = badge === "busy";
    return h(
      "div",
      { class: "badges" },
      status !== "completed" && h("span", { class: `badge ${badge}` }, isBusy && h("span", { class: "spinner" }), word),
      type !== "user" && h("span", { class: "badge" }, TYPES[type]),
    );
  }

  #buttons() {
    const names = isFinished(this.#video) ? ONCE_FINISHED : WHILE_UNFINISHED;
    return names
      .filter((name) => this.#video.links[name])
      .map((name) => {
        const { word, icon: picture } = ACTIONS[name];
        const kind = name === "delete" ? "plain round danger" : "plain round";
        return h(
          "button",
          {
            type: "button",
            class: kind,
            "data-action": name,
            "aria-label": `${word}: ${short(this.#name)}`,
            title: word,
            onclick: () => this.#act(name),
          },
          icon(picture),
        );
      });
  }

  /** The clock runs as long as the video is unfinished and the card in the page. */
  #wind() {
    clearInterval(this.#ticking);
    if (!this.#video || isFinished(this.#video)) return;
    this.#tick();
    if (this.isConnected) this.#ticking = setInterval(() => this.#tick(), 1000);
  }

  #tick() {
    this.#clock.textContent = clock((Date.now() - this.#begunAt) / 1000);
  }
}

customElements.define("video-card", VideoCard);
