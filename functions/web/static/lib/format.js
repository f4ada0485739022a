/** Numbers, times and statuses in words for people; one place, so that the same thing is called the same everywhere. */

const DATE = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const AGO = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export const TYPES = {
  user: "Video",
  intro: "Character intro",
  promo: "Promo",
  token_reveal: "Token reveal",
  custom: "Custom",
};

/** By status: the word, what is going on, and the kind of badge. */
export const STATUSES = {
  queued: { word: "Queued", says: "Waiting for its turn", badge: "busy" },
  processing: { word: "Processing", says: "The provider is making it", badge: "busy" },
  saving: { word: "Saving", says: "Being stored for good", badge: "busy" },
  delayed: { word: "Delayed", says: "Taking longer than usual; still being looked for", badge: "warm" },
  completed: { word: "Completed", says: "Ready", badge: "good" },
  failed: { word: "Failed", says: "It could not be made", badge: "bad" },
  canceled: { word: "Canceled", says: "Canceled before it was begun", badge: "" },
};

export const isFinished = (video) => video.poll_after_seconds === null;

/** "0:42", "12:05". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** "about 1 min 30 s". */
export function about(seconds) {
  if (seconds < 60) return `about ${seconds} s`;
  const rest = seconds % 60;
  return `about ${Math.floor(seconds / 60)} min${rest ? ` ${rest} s` : ""}`;
}

/** Dollars; with more digits where a cent is too coarse. */
export const usd = (amount) => `$${amount.toFixed(2)}`;

export const day = (iso) => DATE.format(new Date(iso));
export const moment = (iso) => MOMENT.format(new Date(iso));

/** "2 hours ago"; the day, from a week on. */
export function ago(iso, now = Date.now()) {
  const seconds = (new Date(iso).getTime() - now) / 1000;
  if (seconds > -60) return "just now";
  for (const [unit, length, most] of [
    ["minute", 60, 60],
    ["hour", 3600, 24],
    ["day", 86400, 7],
  ]) {
    if (-seconds < length * most) return AGO.format(Math.trunc(seconds / length), unit);
  }
  return day(iso);
}

/** The first words of a video's prompt, or what kind it is where a template built all of it. */
export const title = (video) => video.prompt ?? (video.type === "user" ? video.final_prompt : TYPES[video.type]);

/** "1.2 MB" */
export const size = (bytes) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

/** On one line, and cut where it is longer: for labels and messages. */
export function short(text, longest = 60) {
  const signs = [
    ...text
      .slice(0, longest * 8)
      .trim()
      .replace(/\s+/g, " "),
  ];
  return signs.length > longest
    ? `${signs
        .slice(0, longest - 1)
        .join("")
        .trimEnd()}…`
    : signs.join("");
}
