/** What an option's field shows: its value, why it is unavailable, and what it costs. */

import { count, usd } from "../lib/format.js";
import { isPresent } from "./option-rules.js";
import { fieldLabel, isSwitch } from "./option-words.js";

const HINTS = {
  seed: ({ limits }) => `${count(limits.min_seed)} to ${count(limits.max_seed)}. The same seed gives similar videos.`,
  cfg_scale: () => "Higher values follow the prompt more closely.",
  enhance_prompt: () =>
    "The provider rewrites the prompt. The video's details show both if the provider returns the new one.",
  watermark: () => "The provider adds its mark to the video.",
  reference_images: (_, { maximum }) => `Up to ${maximum ?? "a few"} images that show how a subject looks.`,
  motions: (_, { maximum, values }) =>
    [maximum && `Up to ${maximum}.`, values.length === 0 && "Use the ids of the provider's motions."]
      .filter(Boolean)
      .join(" "),
};

/**
 * @param {import("./video-choice.js").VideoChoice} choice with a model that has the option
 * @param {string} name
 */
export function optionState(choice, name) {
  const { model, fields } = choice;
  const spec = choice.options[name];
  const value = choice.wanted(name);
  const used = fields[name];
  const dropped = choice.changes.find((it) => it.field === name)?.reason;
  const obstacle = dropped ?? (!isPresent(used) && !spec.is_fixed ? choice.obstacle(name, true) : null);
  const hint = HINTS[name]?.(model, spec) ?? flagHint(choice, name, spec);
  return {
    value,
    used,
    spec,
    model,
    seconds: fields.duration_seconds,
    obstacle: dropped && isPresent(value) ? `Not used. ${dropped}` : obstacle,
    hint,
  };
}

/** The price of an option that is on or off, and what it changes of the format. */
function flagHint(choice, name, spec) {
  if (spec.is_fixed) return spec.default ? "Always on with this model." : "Always off with this model.";
  const off = isSwitch(name) ? false : null;
  const price = choice.priceWith({ [name]: true }) - choice.priceWith({ [name]: off });
  const reasons = choice.uses(name) ? [] : choice.consequences(name, true).map((it) => it.reason);
  const cost = price > 0 && `${fieldLabel(name)} adds ${usd(price)} per video.`;
  return [cost, ...new Set(reasons), spec.is_required && "Required."].filter(Boolean).join(" ") || null;
}
