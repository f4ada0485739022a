/** Remix: fill a form in from a video, and reduce the submitted form to what changed. */

import { isPresent } from "./option-rules.js";

/** The prompt to edit: the user's own, or the one that a template rendered. */
export const promptOf = (video) => video.prompt ?? video.final_prompt;

const FORMAT = ["model", "duration_seconds", "aspect_ratio", "resolution"];
const KEPT = [
  ...FORMAT,
  "negative_prompt",
  "sound",
  "shots",
  "cfg_scale",
  "motions",
  "enhance_prompt",
  "camera_movement",
  "watermark",
];

/**
 * The draft of a remix form. The seed is left out, because the same seed would produce the same video.
 *
 * @param {Video} video
 * @returns {Draft}
 */
export function remixDraft(video) {
  const kept = Object.fromEntries(KEPT.map((name) => [name, video[name] ?? null]));
  return {
    text: promptOf(video),
    template: null,
    source: storedImage(video.source_image_url, video.thumbnail_url, "The image the video was made from"),
    end: storedImage(video.end_image_url, null, "The end frame of the original video"),
    references: (video.reference_image_urls ?? []).map((name) => storedImage(name, null)),
    remixed: video,
    settings: { ...kept, has_shots: kept.shots !== null, variations: 1 },
  };
}

const storedImage = (name, url, description = "") => (name ? { name, url, description } : null);

/** The body of a remix request. Omitted fields stay as they were; null removes a field. */
export function remixChanges(video, form) {
  const { source_image_url, end_image_url, reference_image_urls } = video;
  const images = {
    source_image: source_image_url,
    end_image: end_image_url,
    reference_images: reference_image_urls,
  };
  const original = { ...video, ...images, prompt: promptOf(video), variations: 1 };
  return Object.fromEntries(Object.entries(form).filter(([name, value]) => !isEqual(value, original[name])));
}

/** Whether a field is unchanged. Absent, empty and off are the same. */
function isEqual(value, original) {
  const plain = (it) => (isPresent(it) ? it : null);
  return JSON.stringify(plain(value)) === JSON.stringify(plain(original));
}
