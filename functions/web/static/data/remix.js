/** Asking for a video again: what a form starts from, and what of the finished form differs. */

/** The prompt as a person would go on with it: their own words, or those that a template built. */
export const promptOf = (video) => video.prompt ?? video.final_prompt;

/** As a form's draft. All but the seed, since the same one would make the same again. */
export function draftOf(video) {
  const { model, duration_seconds, aspect_ratio, resolution } = video;
  const source = video.source_image_url && {
    name: video.source_image_url,
    url: video.thumbnail_url,
    says: "The image that the video was made from.",
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

/** The body of a remix: what is left out of it stays as it was, null is "without it". */
export function changes(video, asked) {
  const was = { ...video, prompt: promptOf(video), source_image: video.source_image_url, variations: 1 };
  return Object.fromEntries(Object.entries(asked).filter(([name, value]) => value !== was[name]));
}
