/** Options and rules between fields as words. */

/** By field: its label, how a sentence names it, and whether it is on or off. */
const OPTIONS = {
  sound: { label: "Sound", noun: "sound", isSwitch: true },
  end_image: { label: "End frame", noun: "an end frame" },
  reference_images: { label: "Reference images", noun: "reference images", isPlural: true },
  shots: { label: "Shots", noun: "several shots", isPlural: true },
  negative_prompt: { label: "Negative prompt", noun: "a negative prompt" },
  seed: { label: "Seed", noun: "a seed" },
  cfg_scale: { label: "Prompt strength", noun: "a prompt strength" },
  motions: { label: "Camera motions", noun: "camera motions", isPlural: true },
  camera_movement: { label: "Camera movement", noun: "a camera movement" },
  enhance_prompt: { label: "Enhance prompt", noun: "prompt enhancement", isSwitch: true },
  watermark: { label: "Watermark", noun: "a watermark", isSwitch: true },
};
export const OPTION_NAMES = Object.keys(OPTIONS);
const FORMAT_LABELS = { duration_seconds: "Duration", aspect_ratio: "Aspect ratio", resolution: "Resolution" };

export const isSwitch = (name) => OPTIONS[name]?.isSwitch ?? false;
export const fieldLabel = (field) => OPTIONS[field]?.label ?? FORMAT_LABELS[field] ?? spaced(field);

/** A value as the form shows it: "5 s", "1080p", "4K". */
export function valueText(field, value) {
  if (field === "duration_seconds") return `${value} s`;
  return field === "resolution" ? String(value).replace("k", "K") : String(value);
}

/**
 * A rule as a sentence: "Sound needs 1080p." `broken` are the fields of `needs` to mention; by default all.
 *
 * @param {Rule} rule
 */
export function ruleText({ when, needs }, broken = Object.keys(needs)) {
  const { noun, isPlural } = subject(when);
  const claims = broken.map((field) => claim(field, needs[field], isPlural));
  return `${capitalized(noun)} ${listed(withoutRepetition(claims), "and")}.`;
}

/** "needs a source image", "needs 1080p" as "needs a source image", "1080p". */
const withoutRepetition = (claims) =>
  claims.map((it, i) =>
    i > 0 && it.startsWith("need") && claims[i - 1].startsWith("need") ? it.replace(/^needs? /, "") : it,
  );

function subject(when) {
  const conditions = Object.entries(when);
  const missing = conditions.filter(isAbsent).map(([field]) => nounOf(field));
  const given = conditions.filter((it) => !isAbsent(it)).map(([field, values]) => condition(field, values));
  const without = missing.length ? ` without ${listed(missing, "or")}` : "";
  return {
    noun: (listed(given, "with") || "a video") + without,
    isPlural: given.length === 1 && OPTIONS[conditions.find((it) => !isAbsent(it))[0]]?.isPlural,
  };
}

function condition(field, values) {
  if (field === "flow") return values.includes("image") ? "a source image" : "a video from text";
  return isPresence(values) ? nounOf(field) : `${valuesText(field, values)}`;
}

function claim(field, values, isPlural) {
  const need = isPlural ? "need" : "needs";
  if (field === "flow")
    return values.includes("image") ? `${need} a source image` : "cannot be combined with a source image";
  if (!isPresence(values)) return `${need} ${valuesText(field, values)}`;
  return values.includes(true) ? `${need} ${nounOf(field)}` : `cannot be combined with ${nounOf(field)}`;
}

function valuesText(field, values) {
  const isRange = values.length > 2 && values.every((it, i) => i === 0 || it === values[i - 1] + 1);
  if (isRange) return `${values[0]} to ${valueText(field, values.at(-1))}`;
  return listed(
    values.map((it) => valueText(field, it)),
    "or",
  );
}

const isAbsent = ([field, values]) => field !== "flow" && values.length === 1 && values[0] === false;
const isPresence = (values) => values.every((it) => typeof it === "boolean");
const nounOf = (field) => OPTIONS[field]?.noun ?? spaced(field);
const spaced = (field) => field.replaceAll("_", " ");
const capitalized = (text) => text[0].toUpperCase() + text.slice(1);
const listed = (texts, word) =>
  texts.length < 2 ? (texts[0] ?? "") : `${texts.slice(0, -1).join(", ")} ${word} ${texts.at(-1)}`;
