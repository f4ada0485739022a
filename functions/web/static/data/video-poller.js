/** Poll videos until they are finished, with one polling loop per video however many listeners it has. */

import { isFinished } from "../lib/format.js";
import * as api from "./api.js";

const MAX_INTERVAL_SECONDS = 30;
/** @type {Map<string, Poll>} by links.self */
const polls = new Map();

/**
 * @typedef {(video: Video | null) => void} Listener
 * @typedef {{ listeners: Set<Listener>, aborter: AbortController }} Poll
 */

/**
 * Call `listener(video)` on every change until the video is finished, and `listener(null)` if it was deleted. The server sets
 * the interval. A hidden page polls at most every 30 seconds, and at once when it becomes visible.
 *
 * @param {Video} video
 * @param {Listener} listener
 * @param {AbortSignal} [signal]
 */
export function pollVideo(video, listener, signal) {
  if (isFinished(video) || signal?.aborted) return;
  const path = video.links.self;
  const poll = polls.get(path) ?? start(video);
  poll.listeners.add(listener);
  signal?.addEventListener("abort", () => removeListener(path, poll, listener), { once: true });
}

/**
 * @param {Video} video
 * @returns {Poll}
 */
function start(video) {
  const poll = { listeners: new Set(), aborter: new AbortController() };
  polls.set(video.links.self, poll);
  run(video, poll).finally(() => {
    if (polls.get(video.links.self) === poll) polls.delete(video.links.self);
  });
  return poll;
}

function removeListener(path, poll, listener) {
  poll.listeners.delete(listener);
  if (poll.listeners.size > 0) return;
  poll.aborter.abort();
  if (polls.get(path) === poll) polls.delete(path);
}

/**
 * @param {Video | null} video
 * @param {Poll} poll
 */
async function run(video, { listeners, aborter: { signal } }) {
  const path = video.links.self;
  let etag = null;
  let failures = 0;
  while (video && !isFinished(video)) {
    try {
      await wait(failures ? Math.min(MAX_INTERVAL_SECONDS, 2 ** failures) : video.poll_after_seconds, signal);
      const response = await api.video(path, { etag, signal });
      failures = 0;
      etag = response.etag;
      if (!response.video) continue;
      video = response.video;
    } catch (error) {
      if (signal.aborted) return;
      // A 401 may be temporary too. A user who signs out removes the listeners.
      if (error.status !== 404) {
        failures += 1;
        continue;
      }
      video = null;
    }
    for (const listener of [...listeners]) listener(video);
  }
}

/** Wait for the interval, or longer while the page is hidden or offline, but end at once when that changes. */
async function wait(seconds, signal) {
  if (document.hidden) await waitOrEvent(Math.max(seconds, MAX_INTERVAL_SECONDS), document, "visibilitychange", signal);
  else await api.pause(seconds * 1000, signal);
  // `onLine` may be wrong, so try now and then even so.
  if (!navigator.onLine) await waitOrEvent(MAX_INTERVAL_SECONDS, window, "online", signal);
}

/** Wait for that long, or until `target` dispatches the event. */
async function waitOrEvent(seconds, target, event, signal) {
  const aborter = new AbortController();
  const end = () => aborter.abort();
  target.addEventListener(event, end);
  try {
    await api.pause(seconds * 1000, AbortSignal.any([signal, aborter.signal]));
  } catch {
    signal.throwIfAborted();
  } finally {
    target.removeEventListener(event, end);
  }
}
