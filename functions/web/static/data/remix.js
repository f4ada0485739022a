/** Remix: fill a form in from a video, and reduce the submitted form to what changed. */

/** The prompt to edit: the user's own, or the one that a template rendered. */
export const promptOf = (video) => video.prompt ?? video.final_prompt;

/**
 * The draft of a remix form. The seed is left out, because the same seed would produce the same video.
 *
 * @param {Video} video
 * @returns {Draft}
 */
export function remixDraft(video) {
  const { model, duration_seconds, aspect_ratio, resolution } = video;
  const source = video.source_image_url && {
    name: video.source_image_url,
    url: video.thumbnail_url,
    description: "The image the video was made from",
  };
  return {
    text: promptOf(video),
    template: null,
    options: { negative_prompt: video.negative_prompt, seed: null },
    source,
    remixed: video,
    settings: { model, duration_seconds, aspect_ratio, resolution, variations: 1 },
  };
}

/** The body of a remix request. Omitted fields stay as they were; null removes a field. */
export function remixChanges(video, form) {
  const original = { ...video, prompt: promptOf(video), source_image: video.source_image_url, variations: 1 };
  return Object.fromEntries(Object.entries(form).filter(([name, value]) => value !== original[name]));
}
