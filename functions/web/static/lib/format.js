/** Numbers, times and statuses as text. One module, so that every view uses the same words. */

const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const DATE_TIME = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const TIME_AGO = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
/** @type {[Intl.RelativeTimeFormatUnit, number, number][]} unit, its seconds, and how many of it before the next unit */
const UNITS = [
  ["minute", 60, 60],
  ["hour", 3600, 24],
  ["day", 86400, 7],
];

export const TYPE_NAMES = {
  user: "Video",
  intro: "Character intro",
  promo: "Promo",
  token_reveal: "Token reveal",
  custom: "Custom",
};

/** For each status its label, a short description, and the kind of badge. */
export const STATUSES = {
  queued: { label: "Queued", description: "Waiting to start", badge: "busy" },
  processing: { label: "Generating", description: "The provider is generating the video", badge: "busy" },
  saving: { label: "Saving", description: "Saving the video", badge: "busy" },
  delayed: { label: "Delayed", description: "Taking longer than usual", badge: "warm" },
  completed: { label: "Completed", description: "Ready", badge: "good" },
  failed: { label: "Failed", description: "Generation failed", badge: "bad" },
  canceled: { label: "Canceled", description: "Canceled before generation started", badge: "" },
};

/** @param {Video} video */
export const isFinished = (video) => video.poll_after_seconds === null;

/** "0:42" or "12:05". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** "about 1 min 30 s". */
export function aboutDuration(seconds) {
  if (seconds < 60) return `about ${seconds} s`;
  const rest = seconds % 60;
  return `about ${Math.floor(seconds / 60)} min${rest ? ` ${rest} s` : ""}`;
}

/** "1,000,000". */
export const count = (number) => number.toLocaleString("en");

/** "$0.35". */
export const usd = (amount) => `$${amount.toFixed(2)}`;

export const formatDate = (iso) => DATE.format(new Date(iso));
export const formatDateTime = (iso) => DATE_TIME.format(new Date(iso));

/** "2 hours ago", or the date after a week. */
export function timeAgo(iso, now = Date.now()) {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  if (seconds > -60) return "just now";
  for (const [unit, length, limit] of UNITS)
    if (-seconds < length * limit) return TIME_AGO.format(Math.trunc(seconds / length), unit);
  return formatDate(iso);
}

/**
 * A video's prompt, or the name of its type where a template wrote the whole prompt.
 *
 * @param {Video} video
 */
export const videoTitle = (video) =>
  video.prompt ?? (video.type === "user" ? video.final_prompt : TYPE_NAMES[video.type]);

/** "1.2 MB". */
export const fileSize = (bytes) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** Put a text on one line and cut it after `maxChars` characters. */
export function truncate(text, maxChars = 60) {
  const chars = [
    ...text
      .slice(0, maxChars * 8)
      .trim()
      .replace(/\s+/g, " "),
  ];
  return chars.length > maxChars
    ? `${chars
        .slice(0, maxChars - 1)
        .join("")
        .trimEnd()}…`
    : chars.join("");
}

/**
 * Seconds for which a video has been generating, without its time in the queue; else since the request.
 *
 * @param {Video} video
 */
export function runningSeconds({ status, elapsed_seconds: elapsed, created_at: createdAt, updated_at: updatedAt }) {
  if (status !== "processing") return elapsed;
  return Math.max(0, elapsed - (Date.parse(updatedAt) - Date.parse(createdAt)) / 1000); // updated when it started
}

/** Where a waiting video is in its provider's queue; "" for a video that does not wait. */
export function waitingText(place, now = Date.now()) {
  if (!place) return "";
  if (place.waits_for === "provider") return "The provider is busy. Your video keeps its place.";
  if (place.waits_for === "outage")
    return "The provider is not answering. Your video keeps its place and starts when it does.";
  const minutes = Math.max(1, Math.round((Date.parse(place.expected_start_at) - now) / 60000));
  const position =
    place.position === 1 ? "Next in line" : `Number ${place.position}${place.position >= 200 ? "+" : ""} in line`;
  return `${position} · starts in about ${minutes} min`;
}
