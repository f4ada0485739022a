/** The model that replaces one that is not offered any more. */

import * as api from "./api.js";

/** @typedef {{ id: string, name: string, usd: number }} Replacement a model, and the video's price with it */

/**
 * Ask the server which model it would use instead of a video's model, without creating anything. Null if the model is still
 * offered, or if nothing replaces it.
 *
 * @param {Video} video
 * @param {AbortSignal} [signal]
 * @returns {Promise<Replacement | null>}
 */
export async function replacementOf(video, signal) {
  const models = await api.models();
  if (models.some((it) => it.id === video.model) || !video.links.remix) return null;
  try {
    const { model: id, cost } = await api.price(video.links.remix, { allow_successor: true }, signal);
    return { id, name: models.find((it) => it.id === id)?.name ?? id, usd: cost.estimated_usd };
  } catch {
    return null; // the reason is shown when the user tries again
  }
}
