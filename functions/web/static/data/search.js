/** Client-side search in loaded videos. */

/**
 * Whether a video contains all words of a query, in any order and case.
 *
 * @param {Video} video
 * @param {string} title
 * @param {string} query
 */
export function matchesSearch(video, title, query) {
  const text = [title, video.prompt, video.final_prompt, video.model].join("\n").toLowerCase();
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((word) => text.includes(word));
}
