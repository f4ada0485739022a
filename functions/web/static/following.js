/** Following videos until they are finished, each with one conversation however many look on. */

import * as api from "./api.js";
import { isFinished } from "./words.js";

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
      if (error.status !== 404 && error.status !== 401) { troubles += 1; continue; }
      if (error.status === 401) return; // who is signed out has nothing to follow
      video = null;
    }
    for (const listener of [...listeners]) listener(video);
  }
}

/** Waits that long; in a hidden page longer, but not beyond the moment at which it is looked at again. */
async function turn(seconds, signal) {
  if (!document.hidden) return api.pause(seconds * 1000, signal);
  const shown = new AbortController();
  const look = () => shown.abort();
  document.addEventListener("visibilitychange", look, { once: true });
  try {
    await api.pause(Math.max(seconds, SLOWEST_SECONDS) * 1000, AbortSignal.any([signal, shown.signal]));
  } catch {
    signal.throwIfAborted();
  } finally {
    document.removeEventListener("visibilitychange", look);
  }
}
