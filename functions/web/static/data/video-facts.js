/** A video's details as pairs of a label and a value. */

import { aboutDuration, fileSize, formatDateTime, TYPE_NAMES, usd } from "../lib/format.js";
import { fieldLabel } from "./option-words.js";

/**
 * @param {Video} video
 * @param {string} modelName
 * @param {{ bill?: Bill | null }} [details] what a single video's response has beyond that of a list
 */
export function videoFacts(video, modelName, { bill = null } = {}) {
  return [
    ["Type", video.type !== "user" && TYPE_NAMES[video.type]],
    ["Model", video.requested_model ? `${modelName} instead of ${video.requested_model}` : modelName],
    ["Settings", `${video.duration_seconds} s, ${video.aspect_ratio}, ${video.resolution}`],
    ["Delivered", delivered(video)],
    ...optionFacts(video),
    ["Template", video.template && `${video.template.id}, version ${video.template.version}`],
    ["Seed", video.seed],
    ["Variation", video.batch_index !== null && video.batch_index + 1],
    ["File", video.size_bytes !== null && `${video.width} × ${video.height}, ${fileSize(video.size_bytes)}`],
    ["Cost", cost(video.cost)],
    ["Billed as", bill && billedAs(bill)],
    ["Created", formatDateTime(video.created_at)],
    [
      "Completed",
      video.status === "completed" &&
        `${formatDateTime(video.completed_at)}, after ${aboutDuration(Math.round(video.elapsed_seconds))}`,
    ],
    ["Views", video.status === "completed" && counts(video.counts)],
    ["Provider task ID", video.provider_task_id],
  ].filter(([, is]) => is !== false && is !== null && is !== undefined);
}

/** The delivered resolution, where it is not the one that was asked for. */
const delivered = ({ resolution, delivered_resolution: actual }) =>
  actual && actual !== resolution && `${actual} (${resolution} requested)`;

/** The options of a video that are short; shots, images and prompts have their own places. */
function optionFacts(video) {
  const onOff = (name) => [fieldLabel(name), typeof video[name] === "boolean" && (video[name] ? "On" : "Off")];
  const motions = video.motions?.map(({ id, strength }) => `${id} (${strength})`).join(", ");
  return [
    onOff("sound"),
    [fieldLabel("cfg_scale"), video.cfg_scale],
    [fieldLabel("camera_movement"), video.camera_movement],
    [fieldLabel("motions"), motions],
    onOff("enhance_prompt"),
    onOff("watermark"),
  ];
}

/** "1.5 units", as the provider counts. */
const billedAs = ({ billed_as: amounts }) =>
  Object.entries(amounts ?? {})
    .map(([unit, amount]) =>
      unit === "cash_usd" ? `${usd(amount)} in cash` : `${amount} ${unit.replaceAll("_", " ")}`,
    )
    .join(", ") || null;

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
