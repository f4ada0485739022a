/** What is known of a video, in words: pairs of a term and what it is. */

import { about, moment, size, TYPES, usd } from "../lib/format.js";

export function facts(video, modelName) {
  return [
    ["Type", video.type !== "user" && TYPES[video.type]],
    ["Model", modelName],
    ["Settings", `${video.duration_seconds} s, ${video.aspect_ratio}, ${video.resolution}`],
    ["Template", video.template && `${video.template.id}, version ${video.template.version}`],
    ["Seed", video.seed],
    ["Variation", video.batch_index !== null && video.batch_index + 1],
    ["File", video.size_bytes !== null && `${video.width} × ${video.height}, ${size(video.size_bytes)}`],
    ["Cost", cost(video.cost)],
    ["Asked for", moment(video.created_at)],
    [
      "Completed",
      video.status === "completed" &&
        `${moment(video.completed_at)}, after ${about(Math.round(video.elapsed_seconds))}`,
    ],
    ["Seen", video.status === "completed" && counts(video.counts)],
  ].filter(([, is]) => is !== false && is !== null && is !== undefined);
}

const cost = ({ estimated_usd: estimated, actual_usd: actual }) => {
  if (actual === null) return `${usd(estimated)} estimated`;
  return actual === estimated ? usd(actual) : `${usd(actual)}, estimated ${usd(estimated)}`;
};

const counts = ({ views, shares, downloads }) =>
  [
    [views, "view"],
    [shares, "share"],
    [downloads, "download"],
  ]
    .map(([number, word]) => `${number} ${word}${number === 1 ? "" : "s"}`)
    .join(", ");
