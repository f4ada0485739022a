/** A list of an owner's videos that lives: the unfinished are followed, and what happened elsewhere is found out. */

import { isFinished } from "../lib/format.js";
import { deletions } from "./pending-deletions.js";
import { follow } from "./video-poller.js";
import * as pages from "./video-query.js";
import { VideoList } from "./video-store.js";

const LOOK_EVERY_MS = 20_000;
const SETTLED_MS = 60_000; // a list by a filter lags behind by a moment

export class LivingList {
  #folder;
  #hear;
  #signal;
  #list = new VideoList(() => false);
  #filters = {};
  #cursors = []; // of where there is more: the oldest, and before it those of gaps, the last of which is asked for next
  #followed = new Set(); // ids
  #asking = new AbortController();
  #questions = 0;

  /**
   * Of the videos in `folder`, until `signal` is aborted. `hear` has what is told of: `change()`; `end(video)`, one that
   * was unfinished and is no more; `gone(video)`, deleted here or elsewhere; `line(isThere)`, whether the API was reached.
   */
  constructor(folder, hear, signal) {
    this.#folder = folder;
    this.#hear = hear;
    this.#signal = signal;
    const looking = setInterval(() => this.#look(), LOOK_EVERY_MS);
    signal.addEventListener("abort", () => clearInterval(looking));
    document.addEventListener("visibilitychange", () => this.#look(), { signal });
    addEventListener("online", () => this.#look(), { signal });
    addEventListener("offline", () => hear.line(false), { signal });
    deletions.addEventListener("change", () => hear.change(), { signal });
    deletions.addEventListener("removed", ({ detail }) => this.#forget(detail.video), { signal });
  }

  /** Newest first, without those that are being deleted. */
  get videos() {
    return this.#list.videos.filter((it) => !deletions.hides(it));
  }

  get hasMore() {
    return this.#cursors.length > 0;
  }

  /** The first page by these filters, in place of all that is listed. Rejects; also when another question came after. */
  async load(filters) {
    const page = await this.#ask(filters);
    this.#filters = filters;
    this.#list = new VideoList(
      (video) => video.links.self.startsWith(`${this.#folder}/`) && pages.isChosen(video, filters),
    );
    this.#cursors = present(page.next_cursor);
    this.add(page.videos);
  }

  /** The next page, likewise; a gap ends where it comes to what is known. */
  async more() {
    const cursor = this.#cursors.at(-1);
    const page = await this.#ask({ ...this.#filters, cursor });
    const isClosed = cursor !== this.#cursors[0] && page.videos.some((it) => this.#list.get(it.id));
    this.#cursors = this.#cursors.flatMap((it) => (it === cursor ? present(isClosed ? null : page.next_cursor) : [it]));
    this.add(page.videos);
  }

  /** What is newer than what is known; listed where it belongs. */
  add(videos) {
    videos.forEach((video) => this.#keep(video));
    this.#hear.change();
  }

  async #ask(query) {
    this.#asking.abort();
    this.#asking = new AbortController();
    const signal = AbortSignal.any([this.#asking.signal, this.#signal]);
    this.#questions += 1;
    try {
      const page = await pages.page(this.#folder, query, signal);
      signal.throwIfAborted();
      this.#hear.line(true);
      return page;
    } finally {
      this.#questions -= 1;
    }
  }

  /** Looks at the first page again: what is new, what has changed elsewhere, and what is gone. */
  async #look() {
    if (document.hidden || !navigator.onLine || this.#questions > 0) return;
    const list = this.#list;
    const known = list.videos;
    try {
      const page = await pages.page(this.#folder, this.#filters, this.#signal);
      if (list !== this.#list) return; // something else was chosen meanwhile
      this.#missing(known, page).forEach((video) => this.#forget(video));
      if (this.#isApart(page)) this.#cursors.push(page.next_cursor);
      this.add(page.videos);
      this.#hear.line(true);
    } catch (error) {
      if (!this.#signal.aborted && error.status === 0) this.#hear.line(false);
    }
  }

  /** Whether there may be some between the last one of the page and what is known. */
  #isApart({ videos, next_cursor: cursor }) {
    return cursor !== null && videos.length > 0 && !this.#list.get(videos.at(-1).id);
  }

  /** Of those that were known before the page was asked for, and would be on it, what is not. */
  #missing(known, { videos, next_cursor: cursor }) {
    if (pages.isPassing(this.#filters.status)) return []; // those that have gone on since are not on it, and may stay
    const isThere = new Set(videos.map((it) => it.id));
    const last = cursor === null ? "" : (videos.at(-1)?.id ?? "~");
    const settledBefore = new Date(Date.now() - SETTLED_MS).toISOString();
    return known.filter((it) => it.id > last && it.updated_at < settledBefore && !isThere.has(it.id));
  }

  #keep(video) {
    const before = this.#list.put(video);
    const now = this.#list.get(video.id);
    if (isFinished(now)) {
      this.#followed.delete(now.id);
      if (before && !isFinished(before) && !deletions.hides(now)) this.#hear.end(now);
    } else if (!this.#followed.has(now.id)) {
      this.#followed.add(now.id);
      follow(now, (changed) => (changed ? this.add([changed]) : this.#forget(now)), this.#signal);
    }
  }

  #forget(video) {
    this.#followed.delete(video.id);
    if (!this.#list.take(video.id)) return;
    this.#hear.gone(video);
    this.#hear.change();
  }
}

const present = (cursor) => (cursor ? [cursor] : []);
