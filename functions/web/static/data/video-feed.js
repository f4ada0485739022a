/** The videos of one owner, shared by every view that shows them. The feed holds the newest records and polls the unfinished. */

import { isFinished } from "../lib/format.js";
import { pendingDeletions } from "./pending-deletions.js";
import { session } from "./session.js";
import { pollVideo } from "./video-poller.js";

/**
 * @typedef {object} Subscriber
 * @property {(changes: { video: Video, before: Video | null }[]) => void} onChange the newest records, and those before
 * @property {(video: Video) => void} onRemove the video was deleted, here or elsewhere
 */

/** @type {Map<string, VideoFeed>} by path, while they have subscribers */
const feeds = new Map();
session.addEventListener("change", () => feeds.clear()); // the next user must not share the feeds of this one

/** Return the feed for an owner's videos path. */
export function feedAt(path) {
  return feeds.get(path) ?? new VideoFeed(path);
}

/**
 * Return the feed that a video belongs to.
 *
 * @param {Video} video
 */
export const feedOf = (video) => feedAt(video.links.self.replace(/\/[^/]+$/, ""));

export class VideoFeed {
  #path;
  /** @type {Map<string, Video>} */
  #videos = new Map();
  /** @type {Set<string>} ids */
  #polled = new Set();
  /** @type {Set<Subscriber>} */
  #subscribers = new Set();
  #aborter = new AbortController();

  constructor(path) {
    this.#path = path;
  }

  /**
   * Subscribe until `signal` is aborted. The feed polls while it has a subscriber, and drops its videos when the last one leaves.
   *
   * @param {Subscriber} subscriber
   * @param {AbortSignal} signal
   */
  subscribe(subscriber, signal) {
    if (this.#subscribers.size === 0) this.#start();
    this.#subscribers.add(subscriber);
    signal.addEventListener("abort", () => this.#unsubscribe(subscriber), { once: true });
  }

  /** @returns {Video | null} */
  get(id) {
    return this.#videos.get(id) ?? null;
  }

  /**
   * Add records. Of two records of a video, the newer one counts.
   *
   * @param {Video[]} videos
   */
  put(videos) {
    const changes = videos.map((video) => {
      const before = this.get(video.id);
      const newest = before && before.updated_at > video.updated_at ? before : video;
      this.#videos.set(video.id, newest);
      this.#poll(newest);
      return { video: newest, before };
    });
    for (const { onChange } of [...this.#subscribers]) onChange(changes);
  }

  /**
   * The video was deleted.
   *
   * @param {Video} video
   */
  remove(video) {
    this.#polled.delete(video.id);
    this.#videos.delete(video.id);
    for (const { onRemove } of [...this.#subscribers]) onRemove(video);
  }

  #start() {
    feeds.set(this.#path, this);
    this.#aborter = new AbortController();
    const { signal } = this.#aborter;
    pendingDeletions.addEventListener(
      "removed",
      (/** @type {any} */ { detail: { video } }) => {
        if (this.#videos.has(video.id)) this.remove(video);
      },
      { signal },
    );
  }

  #unsubscribe(subscriber) {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return;
    this.#aborter.abort();
    this.#videos.clear();
    this.#polled.clear();
    if (feeds.get(this.#path) === this) feeds.delete(this.#path);
  }

  /** @param {Video} video */
  #poll(video) {
    if (isFinished(video)) return this.#polled.delete(video.id);
    if (this.#polled.has(video.id)) return false;
    this.#polled.add(video.id);
    pollVideo(video, (it) => (it ? this.put([it]) : this.remove(video)), this.#aborter.signal);
    return true;
  }
}
