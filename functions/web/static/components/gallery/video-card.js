/** One video in a grid: thumbnail, title and actions. Emits `video-action` {action, video}. */

import { flatten, h, icon, phrases, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import {
  aboutDuration,
  clock,
  formatDateTime,
  isFinished,
  runningSeconds,
  STATUSES,
  TYPE_NAMES,
  timeAgo,
  truncate,
  videoTitle,
  waitingText,
} from "../../lib/format.js";
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
.ai { inset: auto auto 0.6rem 0.6rem; }
.placeholder { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 0.1rem; padding: 2.4rem 1rem 0.75rem; background: var(--tint); color: var(--quiet); text-align: center; }
.placeholder .clock { color: var(--text); font-size: 1.75rem; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -0.02em; line-height: 1.2; }
.placeholder .note { text-wrap: balance; }
.phrase { display: inline-block; }
.placeholder .chip { flex: none; margin-top: 0.6rem; }
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
  download: { label: "Download", icon: "download" },
  share: { label: "Share", icon: "share" },
  cancel: { label: "Cancel", icon: "close" },
  remix: { label: "Remix", icon: "remix" },
  delete: { label: "Delete", icon: "trash" },
};
const UNFINISHED_ACTIONS = ["cancel", "delete"];
const FINISHED_ACTIONS = ["download", "share", "remix", "delete"];

export class VideoCard extends Element {
  static sheets = [style];
  /** @type {Video | null} */
  #video = null;
  #startedAt = 0;
  #timer = null;
  #clock = h("span", { class: "clock" });
  #note = h("span", { class: "small note" });
  #title = h("button", { type: "button", class: "title", onclick: () => this.#act("open") });
  #time = h("time", { class: "quiet" });
  #frame = h("div", { class: "frame" });
  #actions = h("div", { class: "actions" });
  #preview = new HoverPreview(this.#frame);
  #rendered = "";

  /** The title; the default is the prompt. Set it before `video`. */
  caption = null;

  get video() {
    return this.#video;
  }

  /** Set again on every update. Unchanged parts stay, with their focus. */
  set video(video) {
    this.#video = video;
    this.#startedAt = Date.now() - runningSeconds(video) * 1000;
    const parts = [video.status, video.thumbnail_url, video.error?.message, Object.keys(video.links), this.#name];
    const rendered = parts.join("\n");
    if (rendered !== this.#rendered) this.#render();
    this.#rendered = rendered;
    this.#time.textContent = timeAgo(video.created_at);
    this.#startClock();
  }

  start() {
    this.setAttribute("role", "article");
    const foot = h("div", { class: "foot" }, this.#time, this.#actions);
    if (!this.#frame.isConnected)
      this.shadowRoot.replaceChildren(this.#frame, h("div", { class: "body" }, h("h3", {}, this.#title), foot));
    this.#startClock();
    const options = { signal: this.signal };
    this.signal.addEventListener("abort", () => {
      clearInterval(this.#timer);
      this.#preview.stop();
    });
    const onEnter = (event) => event.pointerType === "mouse" && this.#preview.start(this.#video);
    const onFocus = () => this.matches(":focus-visible") && this.#preview.start(this.#video);
    this.#frame.addEventListener("pointerenter", onEnter, options);
    this.#frame.addEventListener("pointerleave", () => this.#preview.stop(), options);
    this.addEventListener("focusin", onFocus, options);
    this.addEventListener("focusout", () => this.#preview.stop(), options);
  }

  get #name() {
    return this.caption ?? videoTitle(this.#video);
  }

  #act(action) {
    this.emit("video-action", { action, video: this.#video });
  }

  #render() {
    const { status, created_at: createdAt } = this.#video;
    const name = truncate(this.#name, 160);
    const suffix = status === "completed" ? "" : `, ${STATUSES[status].label.toLowerCase()}`;
    this.#preview.stop();
    this.setAttribute("aria-label", truncate(name) + suffix);
    this.#title.textContent = name;
    this.#time.dateTime = createdAt;
    this.#time.title = formatDateTime(createdAt);
    this.#keepFocus(() => {
      this.#frame.replaceChildren(...flatten([this.#picture(), this.#badges()]));
      this.#actions.replaceChildren(...this.#buttons());
    });
  }

  /** Move the focus of a replaced button to its successor, or to the card if there is none. */
  #keepFocus(render) {
    const focused = /** @type {HTMLElement | null} */ (this.shadowRoot.activeElement);
    const action = focused?.dataset.action;
    render();
    if (action && !this.shadowRoot.activeElement) (this.find(`[data-action="${action}"]`) ?? this).focus();
  }

  #picture() {
    const video = this.#video;
    if (video.status === "completed")
      return [
        this.#thumbnail(),
        this.#playButton(),
        h("span", { class: "length ai" }, "AI-generated"),
        h("span", { class: "length" }, `${video.duration_seconds} s`),
      ];
    if (isFinished(video)) return this.#error();
    const description = h("span", { class: "small" }, STATUSES[video.status].description);
    return h("div", { class: "placeholder" }, this.#clock, description, this.#note);
  }

  #thumbnail() {
    const image = h("img", { src: this.#video.thumbnail_url, alt: "", loading: "lazy", decoding: "async" });
    const onError = () => image.replaceWith(h("div", { class: "placeholder" }, icon("film")));
    image.addEventListener("error", onError, { once: true });
    return image;
  }

  #playButton() {
    return this.#button("play", "Play", { class: "play" }, h("span", { class: "disc" }, icon("play")));
  }

  #error() {
    const { status, error, links } = this.#video;
    return h(
      "div",
      { class: status === "failed" ? "placeholder failed" : "placeholder" },
      h("span", { class: "small reason" }, error?.message ?? STATUSES[status].description),
      links.retry && this.#button("retry", "Try again", { class: "chip" }, icon("retry"), "Try again"),
    );
  }

  #badges() {
    const { status, type } = this.#video;
    const { label, badge } = STATUSES[status];
    const spinner = badge === "busy" && h("span", { class: "spinner" });
    return h(
      "div",
      { class: "badges" },
      status !== "completed" && h("span", { class: `badge ${badge}` }, spinner, label),
      type !== "user" && h("span", { class: "badge" }, TYPE_NAMES[type]),
    );
  }

  #buttons() {
    const actions = isFinished(this.#video) ? FINISHED_ACTIONS : UNFINISHED_ACTIONS;
    return actions
      .filter((action) => this.#video.links[action])
      .map((action) => {
        const { label, icon: name } = ACTIONS[action];
        const kind = action === "delete" ? "plain round danger" : "plain round";
        return this.#button(action, label, { class: kind, title: label }, icon(name));
      });
  }

  #button(action, label, attributes, ...children) {
    const name = `${label}: ${truncate(this.#name)}`;
    const onclick = () => this.#act(action);
    const defaults = { type: "button", "data-action": action, "aria-label": name, onclick };
    return h("button", { ...defaults, ...attributes }, ...children);
  }

  /** The clock runs while the video is unfinished and the card is in the page. */
  #startClock() {
    clearInterval(this.#timer);
    if (!this.#video || isFinished(this.#video)) return;
    this.#tick();
    if (this.isConnected) this.#timer = setInterval(() => this.#tick(), 1000);
  }

  #tick() {
    const { queue, usual_seconds: usual } = this.#video;
    this.#clock.textContent = queue ? "" : clock((Date.now() - this.#startedAt) / 1000);
    this.#note.replaceChildren(
      ...phrases(waitingText(queue) || (usual ? `usually ${aboutDuration(usual.usually)}` : "")),
    );
  }
}

customElements.define("video-card", VideoCard);
