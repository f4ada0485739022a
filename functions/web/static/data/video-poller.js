/** Poll videos until they are finished, with one polling loop per owner however many videos and listeners it has. */

import { isFinished } from "../lib/format.js";
import * as api from "./api.js";

const MAX_INTERVAL_SECONDS = 30;
const UNFINISHED = { status: "unfinished", limit: 100 };
/** @type {Map<string, Group>} by the path of an owner's videos */
const groups = new Map();

/**
 * @typedef {(video: Video | null) => void} Listener
 * @typedef {{ video: Video, etag: string | null, listeners: Set<Listener> }} Poll
 * @typedef {{ folder: string, polls: Map<string, Poll>, seconds: number, aborter: AbortController, waiting: AbortController | null }} Group
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
  const group = groups.get(folderOf(path)) ?? start(folderOf(path));
  const poll = group.polls.get(path) ?? add(group, path, video);
  poll.listeners.add(listener);
  signal?.addEventListener("abort", () => removeListener(group, path, poll, listener), { once: true });
}

const folderOf = (path) => path.replace(/\/[^/]+$/, "");

/** @returns {Group} */
function start(folder) {
  const group = { folder, polls: new Map(), seconds: 0, aborter: new AbortController(), waiting: null };
  groups.set(folder, group);
  // Not at once, so that all videos of one response are polled together from the first time on.
  Promise.resolve().then(() => run(group));
  return group;
}

/** @returns {Poll} */
function add(group, path, video) {
  const poll = { video, etag: null, listeners: new Set() };
  group.polls.set(path, poll);
  if (video.poll_after_seconds < group.seconds) group.waiting?.abort(); // wait anew, for a shorter time
  return poll;
}

function removeListener(group, path, poll, listener) {
  poll.listeners.delete(listener);
  if (poll.listeners.size > 0 || group.polls.get(path) !== poll) return;
  group.polls.delete(path);
  if (group.polls.size > 0) return;
  group.aborter.abort();
  if (groups.get(group.folder) === group) groups.delete(group.folder);
}

/** @param {Group} group */
async function run(group) {
  const { signal } = group.aborter;
  let failures = 0;
  while (group.polls.size > 0) {
    try {
      await waitForNext(group, failures);
      await (group.polls.size > 1 ? readAll(group, signal) : readEach(group, [...group.polls.keys()], signal));
      failures = 0;
    } catch {
      if (signal.aborted) return;
      failures += 1; // a 401 may be temporary too: a user who signs out removes the listeners
    }
  }
  if (groups.get(group.folder) === group) groups.delete(group.folder); // at once: no video may join a loop that has ended
}

/** Wait for the shortest interval of all videos, also of those that are added meanwhile; longer after failures. */
async function waitForNext(group, failures) {
  const { signal } = group.aborter;
  for (;;) {
    const shortest = Math.min(...[...group.polls.values()].map(({ video }) => video.poll_after_seconds));
    group.seconds = failures ? Math.min(MAX_INTERVAL_SECONDS, 2 ** failures) : shortest;
    group.waiting = new AbortController();
    try {
      return await wait(group.seconds, AbortSignal.any([signal, group.waiting.signal]));
    } catch (error) {
      signal.throwIfAborted();
      if (!group.waiting.signal.aborted) throw error;
    } finally {
      group.seconds = 0;
    }
  }
}

/** Read all unfinished videos in one request, and those that are finished by now one by one. */
async function readAll(group, signal) {
  const { videos } = await api.videos(group.folder, UNFINISHED, signal);
  const found = new Map(videos.map((video) => [video.links.self, video]));
  const missing = [];
  for (const [path, poll] of [...group.polls]) {
    const video = found.get(path);
    if (!video) missing.push(path);
    else if (video.updated_at === poll.video.updated_at) poll.video = video;
    else report(group, path, video);
  }
  await readEach(group, missing, signal);
}

async function readEach(group, paths, signal) {
  for (const path of paths) {
    const poll = group.polls.get(path);
    if (!poll) continue;
    try {
      const { video, etag } = await api.video(path, { etag: poll.etag, signal });
      poll.etag = etag;
      if (video) report(group, path, video);
    } catch (error) {
      if (error.status !== 404) throw error;
      report(group, path, null);
    }
  }
}

/** @param {Video | null} video */
function report(group, path, video) {
  const poll = group.polls.get(path);
  if (!poll) return;
  if (video) poll.video = video;
  if (!video || isFinished(video)) group.polls.delete(path);
  for (const listener of [...poll.listeners]) listener(video);
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
