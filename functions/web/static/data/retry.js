/** Asking for a failed video once more: one key for each, so that it makes one, wherever and however often it is clicked. */

import { isFinished } from "../lib/format.js";
import * as api from "./api.js";

/** The further videos. Where the one that was made so has failed too, that one is tried again. */
export async function retry(video) {
  try {
    const { videos } = await api.retry(video, `retry-${video.id}`);
    const [first] = videos;
    return isFinished(first) && first.links.retry ? await retry(first) : videos;
  } catch (error) {
    if (error.status !== 410) throw error; // what it made was deleted: then another one is meant
    return (await api.retry(video, crypto.randomUUID())).videos;
  }
}
