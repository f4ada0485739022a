/** A filtered, paged list of an owner's videos. It follows the shared feed, and refreshes to find changes made elsewhere. */

import { isFinished } from "../lib/format.js";
import { pendingDeletions } from "./pending-deletions.js";
import { feedAt } from "./video-feed.js";
import * as query from "./video-query.js";

const REFRESH_INTERVAL_MS = 20_000;
const INDEX_LAG_MS = 60_000; // a filtered list may lag behind the records

/**
 * @typedef {object} Callbacks
 * @property {() => void} onChange
 * @property {(video: Video) => void} onEnd an unfinished video has finished
 * @property {(video: Video) => void} onRemove the video was deleted, here or elsewhere
 * @property {(isOnline: boolean) => void} onConnection whether the API was reached
 */

export class VideoList {
  #path;
  #callbacks;
  #signal;
  #feed;
  /** @type {VideoFilters} */
  #filters = {};
  #isLoaded = false;
  #known = new Set(); // ids of the videos that this list has received since it was loaded
  #listed = new Set(); // ids of those that match, or did when they came: nothing vanishes while the user looks at it
  #cursors = []; // where there is more: the oldest first, then those of gaps; the last one is fetched next
  #aborter = new AbortController();
  #requests = 0;

  /**
   * @param {string} path
   * @param {Callbacks} callbacks
   * @param {AbortSignal} signal
   */
  constructor(path, callbacks, signal) {
    this.#path = path;
    this.#callbacks = callbacks;
    this.#signal = signal;
    this.#feed = feedAt(path);
    this.#feed.subscribe({ onChange: (changes) => this.#update(changes), onRemove: (it) => this.#remove(it) }, signal);
    const timer = setInterval(() => this.#refresh(), REFRESH_INTERVAL_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
    document.addEventListener("visibilitychange", () => this.#refresh(), { signal });
    addEventListener("online", () => this.#refresh(), { signal });
    addEventListener("offline", () => callbacks.onConnection(false), { signal });
    pendingDeletions.addEventListener("change", () => callbacks.onChange(), { signal });
  }

  /** The listed videos without those that are being deleted, newest first. */
  get videos() {
    return this.#all.filter((it) => !pendingDeletions.has(it));
  }

  /** Ids begin with the creation time, so their order is that of the creation. */
  get #all() {
    const ids = [...this.#listed].sort().reverse();
    return ids.map((id) => this.#feed.get(id)).filter((it) => it !== null);
  }

  get hasMore() {
    return this.#cursors.length > 0;
  }

  /**
   * Replace the list by the first page for these filters. Rejects with an AbortError if another call follows.
   *
   * @param {VideoFilters} filters
   */
  async load(filters) {
    const page = await this.#fetch(filters);
    this.#filters = filters;
    this.#isLoaded = true;
    this.#known = new Set();
    this.#listed = new Set();
    this.#cursors = toList(page.next_cursor);
    this.#feed.put(page.videos);
  }

  /** Add the next page. A gap is closed by a page that reaches a listed video. Rejects like `load`. */
  async loadMore() {
    const cursor = this.#cursors.at(-1);
    const page = await this.#fetch({ ...this.#filters, cursor });
    const isClosed = cursor !== this.#cursors[0] && page.videos.some((it) => this.#known.has(it.id));
    this.#cursors = this.#cursors.flatMap((it) => (it === cursor ? toList(isClosed ? null : page.next_cursor) : [it]));
    this.#feed.put(page.videos);
  }

  /**
   * Add newer records; those of this owner that match the filters are listed.
   *
   * @param {Video[]} videos
   */
  add(videos) {
    this.#feed.put(videos.filter((it) => it.links.self.startsWith(`${this.#path}/`)));
  }

  async #fetch(request) {
    this.#aborter.abort();
    this.#aborter = new AbortController();
    const signal = AbortSignal.any([this.#aborter.signal, this.#signal]);
    this.#requests += 1;
    try {
      const page = await query.fetchPage(this.#path, request, signal);
      signal.throwIfAborted();
      this.#callbacks.onConnection(true);
      return page;
    } finally {
      this.#requests -= 1;
    }
  }

  /** Fetch the first page again, to find new, changed and deleted videos. */
  async #refresh() {
    if (document.hidden || !navigator.onLine || this.#requests > 0) return;
    const known = this.#known;
    const listed = this.#all;
    try {
      const page = await query.fetchPage(this.#path, this.#filters, this.#signal);
      if (known !== this.#known) return; // other filters were loaded meanwhile
      for (const video of this.#missing(listed, page)) this.#remove(video); // other views may still follow it
      if (this.#hasGap(page)) this.#cursors.push(page.next_cursor);
      this.#feed.put(page.videos);
      this.#callbacks.onConnection(true);
    } catch (error) {
      if (!this.#signal.aborted && error.status === 0) this.#callbacks.onConnection(false);
    }
  }

  /**
   * Whether there may be videos between the end of the page and those listed.
   *
   * @param {VideoPage} page
   */
  #hasGap({ videos, next_cursor: cursor }) {
    return cursor !== null && videos.length > 0 && !this.#known.has(videos.at(-1).id);
  }

  /**
   * Return the videos that were listed before the page was fetched, and should be on it, but are not.
   *
   * @param {Video[]} listed
   * @param {VideoPage} page
   */
  #missing(listed, { videos, next_cursor: cursor }) {
    if (query.isTransient(this.#filters.status)) return []; // videos leave such a page by themselves, and stay listed
    const ids = new Set(videos.map((it) => it.id));
    const lastId = cursor === null ? "" : (videos.at(-1)?.id ?? "~");
    const settledBefore = new Date(Date.now() - INDEX_LAG_MS).toISOString();
    return listed.filter((it) => it.id > lastId && it.updated_at < settledBefore && !ids.has(it.id));
  }

  /** @param {{ video: Video, before: Video | null }[]} changes */
  #update(changes) {
    for (const { video, before } of changes) {
      const wasUnfinished = this.#known.has(video.id) && before && !isFinished(before);
      if (this.#isLoaded && query.matches(video, this.#filters)) this.#listed.add(video.id);
      this.#known.add(video.id);
      if (wasUnfinished && isFinished(video) && !pendingDeletions.has(video)) this.#callbacks.onEnd(video);
    }
    this.#callbacks.onChange();
  }

  /** @param {Video} video */
  #remove(video) {
    this.#listed.delete(video.id);
    if (!this.#known.delete(video.id)) return;
    this.#callbacks.onRemove(video);
    this.#callbacks.onChange();
  }
}

const toList = (cursor) => (cursor ? [cursor] : []);
