/** Retrying a failed video, with one idempotency key per video, so that repeated clicks create one new video. */

import { isFinished } from "../lib/format.js";
import * as api from "./api.js";

/** Retry a video, and return the new videos. If the video that an earlier retry created has failed too, retry that one. */
export async function retryVideo(video) {
  try {
    const { videos } = await api.retry(video, `retry-${video.id}`);
    const [first] = videos;
    return isFinished(first) && first.links.retry ? await retryVideo(first) : videos;
  } catch (error) {
    if (error.code === "model_unavailable") api.models.forget(); // so that `replacementOf` finds the one to use
    if (error.status !== 410) throw error; // 410: the earlier retry was deleted, so create a new one
    return (await api.retry(video, crypto.randomUUID())).videos;
  }
}

/** Retry a video whose model is not offered any more with the model that replaces it. The user has confirmed that. */
export async function retryWithSuccessor(video) {
  const { videos } = await api.create(video.links.remix, { allow_successor: true }, `successor-${video.id}`);
  return videos;
}
