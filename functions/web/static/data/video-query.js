/** Filters of a list of videos, and fetching its pages. */

import { isFinished, STATUSES, TYPE_NAMES } from "../lib/format.js";
import * as api from "./api.js";

/** A filter for the four statuses of unfinished videos. */
export const UNFINISHED = "unfinished";

const PAGE_SIZE = 24;
const MAX_REQUESTS = 5;
const MAX_UNFINISHED = 100; // per status; the limits allow far fewer
const UNFINISHED_STATUSES = ["queued", "processing", "saving", "delayed"];

/**
 * Return the valid filters of a query, which a user may have typed into the URL.
 *
 * @param {VideoFilters} query
 * @returns {VideoFilters}
 */
export function parseFilters({ status, type, model }) {
  const isStatus = status === UNFINISHED || Object.hasOwn(STATUSES, status ?? "");
  return {
    status: isStatus ? status : undefined,
    type: Object.hasOwn(TYPE_NAMES, type ?? "") ? type : undefined,
    model: model || undefined,
  };
}

/**
 * @param {Video} video
 * @param {VideoFilters} filters
 */
export function matches(video, { status, type, model }) {
  const hasStatus = !status || (status === UNFINISHED ? !isFinished(video) : video.status === status);
  return hasStatus && (!type || video.type === type) && (!model || video.model === model);
}

/** Whether videos leave this status by themselves. */
export const isTransient = (status) => status === UNFINISHED || UNFINISHED_STATUSES.includes(status);

/**
 * Fetch a page. The server's filtered pages may be short or empty, so fetch several of them to fill one.
 *
 * @param {string} path
 * @param {VideoFilters & { cursor?: string }} query
 * @param {AbortSignal} [signal]
 * @returns {Promise<VideoPage>}
 */
export async function fetchPage(path, { status, ...query }, signal) {
  if (status === UNFINISHED) return fetchUnfinished(path, query, signal);
  const videos = [];
  let cursor = query.cursor;
  for (let requests = 0; requests < MAX_REQUESTS; requests += 1) {
    const page = await api.videos(path, { ...query, status, cursor, limit: PAGE_SIZE - videos.length }, signal);
    videos.push(...page.videos);
    cursor = page.next_cursor;
    if (!cursor || videos.length >= PAGE_SIZE) break;
  }
  return { videos, next_cursor: cursor };
}

/**
 * @param {string} path
 * @param {VideoFilters} filters
 * @param {AbortSignal} [signal]
 */
async function fetchUnfinished(path, { type, model }, signal) {
  const pages = await Promise.all(
    UNFINISHED_STATUSES.map((status) => api.videos(path, { status, type, model, limit: MAX_UNFINISHED }, signal)),
  );
  return { videos: pages.flatMap((it) => it.videos), next_cursor: null };
}
