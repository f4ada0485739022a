/** A video's details as pairs of a label and a value. */

import { aboutDuration, fileSize, formatDateTime, TYPE_NAMES, usd } from "../lib/format.js";

export function videoFacts(video, modelName) {
  return [
    ["Type", video.type !== "user" && TYPE_NAMES[video.type]],
    ["Model", modelName],
    ["Settings", `${video.duration_seconds} s, ${video.aspect_ratio}, ${video.resolution}`],
    ["Template", video.template && `${video.template.id}, version ${video.template.version}`],
    ["Seed", video.seed],
    ["Variation", video.batch_index !== null && video.batch_index + 1],
    ["File", video.size_bytes !== null && `${video.width} × ${video.height}, ${fileSize(video.size_bytes)}`],
    ["Cost", cost(video.cost)],
    ["Created", formatDateTime(video.created_at)],
    [
      "Completed",
      video.status === "completed" &&
        `${formatDateTime(video.completed_at)}, after ${aboutDuration(Math.round(video.elapsed_seconds))}`,
    ],
    ["Views", video.status === "completed" && counts(video.counts)],
  ].filter(([, is]) => is !== false && is !== null && is !== undefined);
}

const cost = ({ estimated_usd: estimated, actual_usd: actual }) => {
  if (actual === null) return `${usd(estimated)} (estimated)`;
  return actual === estimated ? usd(actual) : `${usd(actual)} (estimated ${usd(estimated)})`;
};

const counts = ({ views, shares, downloads }) =>
  [
    [views, "view"],
    [shares, "share"],
    [downloads, "download"],
  ]
    .map(([number, word]) => `${number} ${word}${number === 1 ? "" : "s"}`)
    .join(", ");
