/**
 * `useGenerateVideo`: creates videos from any front end, plain or React.
 *
 *     const { generate, history } = useGenerateVideo({
 *       onUpdate: (video) => show(video.status, video.elapsed_seconds),
 *       onComplete: (video) => play(video.video_url),
 *       signal,
 *     });
 *     await generate({ prompt: "A paper boat drifts by", source_image: file });
 *
 * In React, call it inside an effect or an event handler, and abort the signal when the component unmounts. It holds no
 * state, so there is nothing to render.
 */

import { isFinished } from "../lib/format.js";
import * as api from "./api.js";
import { pollVideo } from "./video-poller.js";

export { configure, Problem } from "./api.js";

/** Return the request with its images uploaded: those that are files, not names or URLs. */
async function withUploads(request, signal) {
  const uploaded = (image) => (image instanceof Blob ? api.upload(image, signal) : image);
  const { source_image: source, end_image: end, reference_images: references } = request;
  return {
    ...request,
    ...(source && { source_image: await uploaded(source) }),
    ...(end && { end_image: await uploaded(end) }),
    ...(references && { reference_images: await Promise.all(references.map(uploaded)) }),
  };
}

/** The video failed, was canceled or was deleted. `video.error` has a message for the user. */
export class GenerationFailed extends Error {
  constructor(video) {
    super(video?.error?.message ?? (video ? "The video was canceled." : "The video was deleted."));
    this.name = "GenerationFailed";
    this.video = video;
  }
}

/**
 * `onUpdate(video)` is called on every change, `onComplete(video)` for each saved video, with its permanent `video_url`.
 * With `communityId` the videos belong to that community, otherwise to the signed-in user. Aborting `signal` stops the
 * polling but not the generation: a created video continues, and `history` will include it.
 *
 * @param {{
 *   communityId?: string,
 *   onUpdate?: (video: Video) => void,
 *   onComplete?: (video: Video) => void,
 *   signal?: AbortSignal,
 * }} [options]
 */
export function useGenerateVideo({ communityId, onUpdate = () => {}, onComplete = () => {}, signal } = {}) {
  const path = api.videosPath(communityId);

  /** Create videos, as many as `variations` says, and return them. With the same `key`, a repeated request creates no duplicate. */
  async function start(request, { key = crypto.randomUUID() } = {}) {
    const { videos } = await api.create(path, await withUploads(request, signal), key);
    videos.forEach((video) => onUpdate(video));
    return videos;
  }

  /**
   * Poll a video until it is finished, and resolve to the saved record. Rejects with GenerationFailed.
   *
   * @param {Video} video
   * @returns {Promise<Video>}
   */
  function finished(video) {
    return new Promise((resolve, reject) => {
      const settle = (it) => {
        if (it?.status !== "completed") return reject(new GenerationFailed(it));
        onComplete(it);
        return resolve(it);
      };
      if (isFinished(video)) return settle(video);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      return pollVideo(
        video,
        (it) => {
          if (it) onUpdate(it);
          if (!it || isFinished(it)) settle(it);
        },
        signal,
      );
    });
  }

  /** Create videos and poll them; resolve to the saved record of the first one. `onComplete` reports the others. */
  async function generate(request, options) {
    const [first, ...others] = (await start(request, options)).map(finished);
    others.forEach((other) => other.catch(() => {})); // onUpdate reports each failure
    return first;
  }

  /** Return `{ videos, next_cursor }`, newest first. `query` may have limit, cursor, status, type and model. */
  const history = (query) => api.videos(path, query, signal);

  /** Return the estimated price and the remaining daily limits. Creates nothing. */
  const price = (request) => api.price(path, request, signal);

  return { generate, start, finished, history, price };
}
