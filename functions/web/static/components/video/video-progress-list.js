/** Videos in the making, followed to their end: each one's progress, then the video itself, or why it was not made. */

import { follow } from "../../data/video-poller.js";
import { announce, h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { isFinished, title } from "../../lib/format.js";
import "./video-player.js";
import "./video-progress.js";

const style = sheet(`
:host { display: grid; gap: 1rem; }
ul { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none; }
li { display: grid; align-content: start; gap: 0.75rem; min-width: 0; }
h3 { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 2; font-weight: 550; font-size: 0.9375rem; overflow-wrap: anywhere; }
`);

class VideoWorks extends Element {
  static sheets = [style];
  #works = new Map(); // by id: { video, item, shown }
  #tabTitle = null;
  #region = h("p", { class: "unseen", role: "status", "aria-live": "polite" });
  #list = h("ul", { "aria-label": "Videos in the making" });
  #again = h("button", { type: "button", onclick: () => this.#clear() }, icon("plus"), "Make another");

  start() {
    this.shadowRoot.replaceChildren(this.#region, this.#list, h("div", { class: "row" }, this.#again));
    const { signal } = this;
    // Whoever deletes one, wherever in the page, it is gone here too.
    document.addEventListener("video-deleted", ({ detail }) => this.#remove(detail.video.id), { signal });
    document.addEventListener("visibilitychange", () => this.#nameTab(), { signal });
    signal.addEventListener("abort", () => this.#nameTab());
    for (const { video } of this.#works.values()) this.#follow(video);
    this.#arrange();
  }

  /** Takes videos up, newest first, and follows the unfinished to their end. Finished ones of before make room. */
  show(videos) {
    for (const [id, work] of this.#works) if (isFinished(work.video)) this.#remove(id);
    for (const video of inOrder(videos).reverse()) if (!this.#works.has(video.id)) this.#take(video);
    this.#arrange();
  }

  has(id) {
    return this.#works.has(id);
  }

  #take(video) {
    const item = h("li");
    this.#works.set(video.id, { video, item, shown: null });
    item.addEventListener("video-changed", ({ detail }) => this.#update(detail.video));
    item.addEventListener("videos-created", ({ detail }) => {
      this.#remove(video.id);
      this.show(detail.videos);
    });
    this.#list.prepend(item);
    this.#show(this.#works.get(video.id));
    this.#follow(video);
  }

  #follow(video) {
    follow(video, (it) => (it ? this.#update(it) : this.#remove(video.id)), this.signal);
  }

  #update(video) {
    const work = this.#works.get(video.id);
    if (!work) return;
    const isNews = work.video.status !== video.status;
    work.video = video;
    this.#show(work);
    this.#arrange();
    if (!isNews || !isFinished(video)) return;
    this.tell("video-finished", { video });
    if (video.status !== "completed") return;
    announce(this.#region, `Ready: ${title(video)}`);
    this.tell("video-completed", { video });
  }

  #show(work) {
    const { video, item, shown } = work;
    const tag = video.status === "completed" ? "video-player" : "video-progress";
    if (shown?.localName === tag) shown.video = video;
    else item.replaceChildren(h("h3", { title: title(video) }, heading(video)), (work.shown = h(tag, { video })));
  }

  #remove(id) {
    this.#works.get(id)?.item.remove();
    this.#works.delete(id);
    this.#arrange();
  }

  #clear() {
    for (const id of [...this.#works.keys()]) this.#remove(id);
    this.tell("works-cleared");
  }

  #arrange() {
    const works = [...this.#works.values()];
    this.hidden = works.length === 0;
    this.#again.hidden = works.length === 0 || !works.every(({ video }) => isFinished(video));
    for (const { item, shown } of works) {
      item.className = works.length > 1 || shown?.localName === "video-progress" ? "panel" : "";
      shown?.toggleAttribute("compact", works.length > 1);
    }
    this.#nameTab();
  }

  /** In a tab that is not looked at, its title says how things are. */
  #nameTab() {
    const works = [...this.#works.values()];
    const isBusy = works.some(({ video }) => !isFinished(video));
    const isHidden = document.hidden && !this.signal.aborted;
    if (isHidden && isBusy) this.#tabTitle ??= document.title;
    if (this.#tabTitle === null) return;
    document.title = isHidden ? (isBusy ? "● Processing…" : "✓ Ready") : this.#tabTitle;
    if (!isHidden) this.#tabTitle = null;
  }
}

/** As they came, but the variations of one request by their numbers. */
const inOrder = (videos) =>
  [...videos].sort((one, other) =>
    one.batch_id && one.batch_id === other.batch_id ? one.batch_index - other.batch_index : 0,
  );

const heading = (video) => (video.batch_id ? `Variation ${video.batch_index + 1} · ${title(video)}` : title(video));

customElements.define("video-works", VideoWorks);
