/** Videos that were just created: the progress of each, then the player or the error. Emits `create-another`. */

import { session } from "../../data/session.js";
import { feedOf } from "../../data/video-feed.js";
import { announce, h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { isFinished, videoTitle } from "../../lib/format.js";
import "./video-player.js";
import "./video-progress.js";

const style = sheet(`
:host { display: grid; gap: 1rem; outline: none; }
ul { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none; }
li { display: grid; align-content: start; gap: 0.75rem; min-width: 0; }
h3 { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 2; font-weight: 550; font-size: 0.9375rem; overflow-wrap: anywhere; }
:host([in-dialog]) { display: block; }
:host([in-dialog]) ul { grid-template-columns: minmax(0, 1fr); gap: 1.5rem; padding: 1.25rem clamp(1rem, 4vw, 1.5rem); }
:host([in-dialog]) video-player { --tallest: 42dvh; } /* so that its buttons are visible above the footer */
:host([in-dialog]) footer { position: sticky; bottom: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.75rem; padding: 0.9rem clamp(1rem, 4vw, 1.5rem); border-top: 1px solid var(--line); background: var(--surface); }
:host([in-dialog]) footer p { flex: 1 1 16rem; }
`);

/** @typedef {{ video: Video, node: HTMLLIElement, shown: any }} Item */

class VideoProgressList extends Element {
  static sheets = [style];
  /** @type {Map<string, Item>} by id */
  #items = new Map();
  #user = session.email;
  #feeds = new Set(); // those subscribed to since the last `#followAll`
  #subscriptions = new AbortController();
  #tabTitle = null;
  #region = h("p", { class: "visually-hidden", role: "status", "aria-live": "polite" });
  #list = h("ul", { "aria-label": "New videos" });
  #hint = h("p", { class: "small quiet" });
  #another = h("button", { type: "button", onclick: () => this.#createAnother() }, icon("plus"), "Create Another");

  start() {
    const { signal } = this;
    this.shadowRoot.replaceChildren(this.#region, this.#list, h("footer", {}, this.#hint, this.#another));
    if (this.#isInDialog) this.tabIndex = -1; // takes the focus from the form's button, which is gone
    session.addEventListener("change", () => this.#setUser(session.email), { signal });
    document.addEventListener("visibilitychange", () => this.#updateTabTitle(), { signal });
    signal.addEventListener("abort", () => this.#updateTabTitle());
    this.#followAll();
    this.#arrange();
  }

  /** Videos stay while the same user signs in again, but not in a dialog. Another user must not see them. */
  #setUser(user) {
    if (this.#isInDialog || (user && this.#user && user !== this.#user)) this.#clear();
    this.#user = user ?? this.#user;
    this.#followAll(); // feeds are not shared between sessions
  }

  get videos() {
    return [...this.#items.values()].map((it) => it.video);
  }

  has(id) {
    return this.#items.has(id);
  }

  /**
   * Add videos on top, and follow them until they are finished. Earlier finished ones are removed.
   *
   * @param {Video[]} videos
   */
  show(videos) {
    for (const video of this.videos) if (isFinished(video)) this.#remove(video);
    this.#addAll(videos);
  }

  get #isInDialog() {
    return this.hasAttribute("in-dialog");
  }

  #addAll(videos) {
    for (const video of inOrder(videos).reverse()) if (!this.#items.has(video.id)) this.#add(video);
    this.#arrange();
  }

  #add(video) {
    const node = h("li");
    /** @type {Item} */
    const item = { video, node, shown: null };
    this.#items.set(video.id, item);
    node.addEventListener("video-changed", ({ detail }) => feedOf(video).put([detail.video]));
    node.addEventListener("videos-created", ({ detail }) => this.#replace(video, detail.videos));
    this.#list.prepend(node);
    this.#render(item);
    this.#follow(video);
    if (video.status === "completed") this.#announceCompleted(video);
  }

  /** A retry takes the place of the failed video, and of all finished ones; in a dialog, completed ones stay. */
  #replace(video, videos) {
    this.#remove(video);
    const isReplaced = (it) => isFinished(it) && !(this.#isInDialog && it.status === "completed");
    for (const it of this.videos.filter(isReplaced)) this.#remove(it);
    this.#addAll(videos);
  }

  #followAll() {
    this.#subscriptions.abort();
    this.#subscriptions = new AbortController();
    this.#feeds = new Set();
    for (const { video } of this.#items.values()) this.#follow(video);
  }

  #follow(video) {
    if (!this.isConnected) return;
    const feed = feedOf(video);
    if (!this.#feeds.has(feed)) {
      const onChange = (changes) => changes.forEach((change) => this.#update(change.video));
      const signal = AbortSignal.any([this.signal, this.#subscriptions.signal]);
      feed.subscribe({ onChange, onRemove: (it) => this.#remove(it) }, signal);
    }
    this.#feeds.add(feed);
    feed.put([video]);
  }

  /** @param {Video} video */
  #update(video) {
    const item = this.#items.get(video.id);
    if (!item) return;
    const isNewStatus = item.video.status !== video.status;
    item.video = video;
    this.#render(item);
    this.#arrange();
    if (!isNewStatus || !isFinished(video)) return;
    this.emit("video-finished", { video });
    if (video.status === "completed") this.#announceCompleted(video);
  }

  #announceCompleted(video) {
    announce(this.#region, `Ready: ${videoTitle(video)}`);
    this.emit("video-completed", { video });
  }

  /** @param {Item} item */
  #render(item) {
    const { video, node, shown } = item;
    const tag = video.status === "completed" ? "video-player" : "video-progress";
    if (shown?.localName === tag) {
      shown.video = video;
      return;
    }
    item.shown = h(tag, { video });
    node.replaceChildren(h("h3", { title: videoTitle(video) }, heading(video)), item.shown);
  }

  #remove({ id }) {
    this.#items.get(id)?.node.remove();
    if (this.#items.delete(id)) this.#arrange();
  }

  #clear() {
    for (const video of this.videos) this.#remove(video);
  }

  #createAnother() {
    if (!this.#isInDialog) this.#clear();
    this.emit("create-another");
  }

  #arrange() {
    const items = [...this.#items.values()];
    const isDone = items.every(({ video }) => isFinished(video));
    if (this.#isInDialog) {
      this.#hint.textContent = isDone
        ? ""
        : "You can close this dialog. Generation continues, and the video will appear in the gallery.";
    } else {
      this.hidden = items.length === 0;
      this.#another.hidden = !isDone;
      for (const { node, shown } of items) {
        node.className = items.length > 1 || shown?.localName === "video-progress" ? "panel" : "";
        shown?.toggleAttribute("compact", items.length > 1);
      }
    }
    this.#updateTabTitle();
  }

  /** While the tab is in the background, its title shows the progress. Not in a dialog, which may be on another site's page. */
  #updateTabTitle() {
    if (this.#isInDialog) return;
    const isBusy = this.videos.some((video) => !isFinished(video));
    const isHidden = document.hidden && !this.signal.aborted;
    if (isHidden && isBusy) this.#tabTitle ??= document.title;
    if (this.#tabTitle === null) return;
    document.title = isHidden ? (isBusy ? "● Generating…" : "✓ Ready") : this.#tabTitle;
    if (!isHidden) this.#tabTitle = null;
  }
}

/** In the given order, but the variations of one request by their numbers. */
const inOrder = (videos) =>
  [...videos].sort((a, b) => (a.batch_id && a.batch_id === b.batch_id ? a.batch_index - b.batch_index : 0));

const heading = (video) =>
  video.batch_id ? `Variation ${video.batch_index + 1} · ${videoTitle(video)}` : videoTitle(video);

customElements.define("video-progress-list", VideoProgressList);
