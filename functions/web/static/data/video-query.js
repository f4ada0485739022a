/** Pages of an owner's videos, and what is chosen of them. */

import { isFinished, STATUSES, TYPES } from "../lib/format.js";
import * as api from "./api.js";

/** What a person calls one status, and the server four. */
export const UNFINISHED = "unfinished";

const PAGE = 24;
const MOST_REQUESTS = 5;
const MOST_UNFINISHED = 100; // of each status; limits allow far fewer
const UNFINISHED_STATUSES = ["queued", "processing", "saving", "delayed"];

/** Of a query that somebody may have typed, what can be chosen by. */
export function filters({ status, type, model }) {
  const isStatus = status === UNFINISHED || Object.hasOwn(STATUSES, status ?? "");
  return {
    status: isStatus ? status : undefined,
    type: Object.hasOwn(TYPES, type ?? "") ? type : undefined,
    model: model || undefined,
  };
}

export function isChosen(video, { status, type, model }) {
  const isOfStatus = !status || (status === UNFINISHED ? !isFinished(video) : video.status === status);
  return isOfStatus && (!type || video.type === type) && (!model || video.model === model);
}

/** Whether videos are in this status for a while alone. */
export const isPassing = (status) => status === UNFINISHED || UNFINISHED_STATUSES.includes(status);

/** `{ videos, next_cursor }`. Where the server's pages end short, it goes on by itself for a while. */
export async function page(folder, { status, ...query }, signal) {
  if (status === UNFINISHED) return unfinished(folder, query, signal);
  const videos = [];
  let cursor = query.cursor;
  for (let requests = 0; requests < MOST_REQUESTS; requests += 1) {
    const found = await api.videos(folder, { ...query, status, cursor, limit: PAGE - videos.length }, signal);
    videos.push(...found.videos);
    cursor = found.next_cursor;
    if (!cursor || videos.length >= PAGE) break;
  }
  return { videos, next_cursor: cursor };
}

async function unfinished(folder, { type, model }, signal) {
  const pages = await Promise.all(
    UNFINISHED_STATUSES.map((status) => api.videos(folder, { status, type, model, limit: MOST_UNFINISHED }, signal)),
  );
  return { videos: pages.flatMap((it) => it.videos), next_cursor: null };
}
