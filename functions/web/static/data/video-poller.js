/** Following videos until they are finished, each with one conversation however many look on. */

import { isFinished } from "../lib/format.js";
import * as api from "./api.js";

const SLOWEST_SECONDS = 30;
const followed = new Map(); // by links.self

/**
 * Calls `listener(video)` on every change until the video is finished, and `listener(null)` if it is gone.
 * The server says when to ask again; a hidden page asks no more often than every half minute, a shown one at once.
 */
export function follow(video, listener, signal) {
  if (isFinished(video) || signal?.aborted) return;
  const path = video.links.self;
  const conversation = followed.get(path) ?? begin(video);
  conversation.listeners.add(listener);
  signal?.addEventListener("abort", () => leave(path, conversation, listener), { once: true });
}

function begin(video) {
  const ended = new AbortController();
  const conversation = { listeners: new Set(), ended };
  followed.set(video.links.self, conversation);
  converse(video, conversation).finally(() => {
    if (followed.get(video.links.self) === conversation) followed.delete(video.links.self);
  });
  return conversation;
}

function leave(path, conversation, listener) {
  conversation.listeners.delete(listener);
  if (conversation.listeners.size > 0) return;
  conversation.ended.abort();
  if (followed.get(path) === conversation) followed.delete(path);
}

async function converse(video, { listeners, ended }) {
  const path = video.links.self;
  let etag = null;
  let troubles = 0;
  while (video && !isFinished(video)) {
    try {
      await turn(troubles ? Math.min(SLOWEST_SECONDS, 2 ** troubles) : video.poll_after_seconds, ended.signal);
      const answer = await api.video(path, { etag, signal: ended.signal });
      troubles = 0;
      etag = answer.etag;
      if (!answer.video) continue;
      video = answer.video;
    } catch (error) {
      if (ended.signal.aborted) return;
      // A refused sign-in may pass, too; who signs out stops listening.
      if (error.status !== 404) {
        troubles += 1;
        continue;
      }
      video = null;
    }
    for (const listener of [...listeners]) listener(video);
  }
}

/** Waits that long; longer in a hidden page or without a line, but not beyond the moment at which that is over. */
async function turn(seconds, signal) {
  if (document.hidden) await rest(Math.max(seconds, SLOWEST_SECONDS), document, "visibilitychange", signal);
  else await api.pause(seconds * 1000, signal);
  // A browser may be wrong about the line, so that it is tried now and then nevertheless.
  if (!navigator.onLine) await rest(SLOWEST_SECONDS, window, "online", signal);
}

/** Waits that long, or until `target` tells of `event`. */
async function rest(seconds, target, event, signal) {
  const over = new AbortController();
  const end = () => over.abort();
  target.addEventListener(event, end);
  try {
    await api.pause(seconds * 1000, AbortSignal.any([signal, over.signal]));
  } catch {
    signal.throwIfAborted();
  } finally {
    target.removeEventListener(event, end);
  }
}
