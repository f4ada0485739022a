/** The progress of a video: its phase, the elapsed and the usual time, or the error and what to do next. */

import * as api from "../../data/api.js";
import { replacementOf } from "../../data/replacement.js";
import { retryVideo, retryWithSuccessor } from "../../data/retry.js";
import { announce, h, icon, phrases, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { aboutDuration, clock, isFinished, runningSeconds, STATUSES, usd, waitingText } from "../../lib/format.js";
import { ignoreHeldEnter } from "../../lib/no-key-repeat.js";

const PHASES = ["queued", "processing", "saving"];

const style = sheet(`
.working { display: grid; justify-items: center; gap: 0.35rem; padding: 1rem 0.5rem; text-align: center; }
.spinner { width: 2.5rem; height: 2.5rem; margin-bottom: 0.6rem; border-width: 3px; color: var(--accent); }
.word { font-size: 1.125rem; font-weight: 650; }
.time { text-wrap: balance; font-variant-numeric: tabular-nums; }
.phrase { display: inline-block; }
ol { display: flex; gap: 0.35rem; width: min(16rem, 100%); margin: 0.9rem 0 0.6rem; padding: 0; list-style: none; }
li { flex: 1; padding-top: 0.45rem; border-top: 3px solid var(--line); color: var(--quiet); font-size: 0.75rem; }
li.past { border-color: color-mix(in srgb, var(--accent) 55%, var(--line)); }
li[aria-current] { border-color: var(--accent); color: var(--text); font-weight: 600; }
.note { max-width: 24rem; text-wrap: balance; }
:host([compact]) :is(ol, .note) { display: none; }
.ended { display: grid; gap: 0.9rem; justify-items: start; }
.notice { width: 100%; }
button { margin-top: 0.4rem; }
.ended button { margin: 0; }
`);

class VideoProgress extends Element {
  static sheets = [style];
  #video = null;
  #updatedAt = 0;
  /** @type {import("../../data/replacement.js").Replacement | null} */
  #replacement = null;
  #region = h("p", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  #label = h("p", { class: "word" });
  #description = h("p", { class: "quiet" });
  #time = h("p", { class: "time small quiet", role: "timer", "aria-live": "off" });
  #phases = PHASES.map((phase) => h("li", {}, STATUSES[phase].label));
  #cancel = h("button", { type: "button", onclick: () => this.#run(() => this.#cancelVideo()) }, "Cancel");
  #error = h("p", { class: "error", role: "alert" });
  #working = h(
    "div",
    { class: "working" },
    h("span", { class: "spinner", "aria-hidden": "true" }),
    this.#label,
    this.#description,
    this.#time,
    h("ol", { "aria-label": "Phases" }, this.#phases),
    h(
      "p",
      { class: "note small quiet" },
      "You can leave this page. Generation continues, and the video will be saved.",
    ),
    this.#cancel,
  );
  #ended = h("div", { class: "ended", onkeydown: ignoreHeldEnter });

  start() {
    this.shadowRoot.replaceChildren(this.#region, this.#working, this.#ended, this.#error);
    const ticking = setInterval(() => this.#tick(), 1000);
    this.signal.addEventListener("abort", () => clearInterval(ticking));
    this.#render();
  }

  get video() {
    return this.#video;
  }

  /** Set again on every update; the element does not poll. */
  set video(video) {
    const isNewPhase = video.status !== this.#video?.status || video.id !== this.#video.id;
    this.#video = video;
    this.#updatedAt = Date.now();
    if (isNewPhase && this.isConnected) this.#render();
  }

  #render() {
    const video = this.#video;
    if (!video) return;
    const { label, description } = STATUSES[video.status];
    this.#working.hidden = isFinished(video);
    this.#ended.hidden = !isFinished(video);
    if (isFinished(video)) this.#error.textContent = "";
    this.#cancel.hidden = !video.links.cancel;
    this.#label.textContent = label;
    this.#description.textContent = `${description}.`;
    this.#renderPhases(video.status === "delayed" ? 1 : PHASES.indexOf(video.status));
    this.#tick();
    this.#replacement = null;
    if (isFinished(video)) this.#ended.replaceChildren(...this.#result(video));
    if (video.links.retry) this.#findReplacement(video);
    if (video.status !== "failed") announce(this.#region, `${label}. ${description}.`); // a failure is announced as an alert
  }

  #renderPhases(now) {
    this.#phases.forEach((phase, index) => {
      phase.className = index < now ? "past" : "";
      if (index === now) phase.setAttribute("aria-current", "step");
      else phase.removeAttribute("aria-current");
    });
  }

  #tick() {
    if (!this.#video || isFinished(this.#video)) return;
    const elapsed = runningSeconds(this.#video) + (Date.now() - this.#updatedAt) / 1000;
    const usual = this.#video.usual_seconds;
    const text =
      waitingText(this.#video.queue) || clock(elapsed) + (usual ? ` · usually ${aboutDuration(usual.usually)}` : "");
    this.#time.replaceChildren(...phrases(text));
  }

  #result(video) {
    const { description, badge } = STATUSES[video.status];
    const isBad = video.status === "failed";
    return [
      h(
        "div",
        { class: `notice ${badge}`, role: isBad && "alert" },
        icon(isBad ? "warning" : "check"),
        h("div", {}, h("strong", {}, `${description}.`), " ", video.error?.message),
      ),
      h(
        "div",
        { class: "row" },
        video.links.retry && this.#retryButton(video),
        video.links.retry &&
          video.links.remix &&
          h("button", { type: "button", onclick: () => this.emit("video-remix", { video }) }, "Edit and retry"),
      ),
    ];
  }

  #retryButton(video) {
    const [used, price] = this.#replacement
      ? [` with ${this.#replacement.name}`, this.#replacement.usd]
      : ["", video.cost.estimated_usd];
    const onclick = () => this.#run(() => this.#retry());
    return h("button", { type: "button", class: "main", onclick }, icon("retry"), `Try again${used} · ${usd(price)}`);
  }

  /** The model may not be offered any more. Then the button names the one that replaces it, and its price. */
  async #findReplacement(video) {
    const replacement = await replacementOf(video, this.signal).catch(() => null);
    if (!replacement || this.#video !== video) return;
    this.#replacement = replacement;
    this.#ended.replaceChildren(...this.#result(video));
  }

  async #retry() {
    const retry = this.#replacement ? retryWithSuccessor : retryVideo;
    try {
      this.emit("videos-created", { videos: await retry(this.#video) });
    } catch (error) {
      if (error.code === "model_unavailable") await this.#findReplacement(this.#video);
      throw error;
    }
  }

  async #cancelVideo() {
    this.video = await api.cancel(this.#video);
    this.emit("video-changed", { video: this.#video });
  }

  /** Run one action at a time, and show its error below. */
  async #run(action) {
    const buttons = this.shadowRoot.querySelectorAll("button");
    buttons.forEach((button) => {
      button.disabled = true;
    });
    this.#error.textContent = "";
    try {
      await action();
    } catch (error) {
      this.#error.textContent = error.message;
    } finally {
      buttons.forEach((button) => {
        button.disabled = false;
      });
    }
  }
}

customElements.define("video-progress", VideoProgress);
