/**
 * Making videos from any front end, plain or React.
 *
 *     const { generate, history } = useGenerateVideo({
 *       onUpdate: (video) => show(video.status, video.elapsed_seconds),
 *       onComplete: (video) => play(video.video_url),
 *       signal,
 *     });
 *     await generate({ prompt: "A paper boat drifts by", source_image: file });
 *
 * In React, call it inside an effect or an event handler, and abort the signal when the component goes; it keeps no
 * state of its own, so there is nothing to render.
 */

import { isFinished } from "../lib/format.js";
import * as api from "./api.js";
import { follow } from "./video-poller.js";

export { configure, Problem } from "./api.js";

/** A video that was not made; `video.error` says why, in words for a person. */
export class GenerationFailed extends Error {
  constructor(video) {
    super(video?.error?.message ?? (video ? "The video was canceled." : "The video was deleted."));
    this.name = "GenerationFailed";
    this.video = video;
  }
}

/**
 * `onUpdate(video)` hears of every change, `onComplete(video)` of each saved video, with its permanent `video_url`.
 * `communityId` for a community's videos, else the signed-in person's. Aborting `signal` ends the following, never the
 * making: an accepted video goes on, and `history` will have it.
 */
export function useGenerateVideo({ communityId, onUpdate = () => {}, onComplete = () => {}, signal } = {}) {
  const folder = api.folder(communityId);

  /** Asks; resolves to the accepted videos, `variations` of them. With the same `key`, the same request makes none twice. */
  async function start(request, { key = crypto.randomUUID() } = {}) {
    const image = request.source_image;
    const source = image instanceof Blob ? { source_image: await api.upload(image, signal) } : {};
    const { videos } = await api.create(folder, { ...request, ...source }, key);
    videos.forEach((video) => onUpdate(video));
    return videos;
  }

  /** Follows a video to its end, by the server's own hints; resolves to the saved record. Raises GenerationFailed. */
  function finished(video) {
    return new Promise((resolve, reject) => {
      const settle = (it) => {
        if (it?.status !== "completed") return reject(new GenerationFailed(it));
        onComplete(it);
        return resolve(it);
      };
      if (isFinished(video)) return settle(video);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      return follow(
        video,
        (it) => {
          if (it) onUpdate(it);
          if (!it || isFinished(it)) settle(it);
        },
        signal,
      );
    });
  }

  /** Asks, and follows; resolves to the saved record of the first video. The others are told of by `onComplete`. */
  async function generate(request, options) {
    const [first, ...others] = (await start(request, options)).map(finished);
    others.forEach((other) => other.catch(() => {})); // each is told of by onUpdate
    return first;
  }

  /** `{ videos, next_cursor }`, newest first; `query` may have limit, cursor, status, type, model. */
  const history = (query) => api.videos(folder, query, signal);

  /** What the request would cost, and what is left of the day's limits; nothing is made. */
  const price = (request) => api.price(folder, request, signal);

  return { generate, start, finished, history, price };
}
