/** What the user chose in a create form, and the request that the model allows of it. */

import { FORMAT_FIELDS, fit, isPresent, obstacle, offered, ruleValues } from "./option-rules.js";
import { isSwitch } from "./option-words.js";
import { estimateUsd } from "./prices.js";
import { fitShots } from "./shots.js";

const DEFAULT_SECONDS = 5;
const IMAGES = ["end_image", "reference_images"];
const MAX_VARIATIONS = 4;

/**
 * The choices stay as the user made them. Those that the model lacks, or that a rule forbids, are replaced or left out in `fields`,
 * and return with another model.
 */
export class VideoChoice {
  /** @type {Model[]} */
  models = [];
  /** "image" or "text": whether there is a source image */
  flow = "image";
  /** Whether the form is for a community's videos, which have other defaults */
  isForBots = false;
  /** Whether the user writes the prompt, which shots replace */
  hasOwnPrompt = true;
  /** @type {Record<string, any>} */
  #wish = {};

  /** The choices as they were made, to store and restore. */
  get draft() {
    return this.#wish;
  }
  set draft(wish) {
    this.#wish = { ...wish };
  }

  /** @returns {Model | null} the chosen model, or the default one if the chosen one is not offered for the flow */
  get model() {
    const usable = this.models.filter((it) => it.flows.includes(this.flow));
    const role = !this.isForBots ? "user" : this.flow === "image" ? "bot" : "bot_without_image";
    return (
      usable.find((it) => it.id === this.#wish.model) ??
      usable.find((it) => it.id === this.#wish.successor) ??
      usable.find((it) => it.default_for.includes(role)) ??
      usable[0] ??
      null
    );
  }

  /** The model's options that this form offers. @returns {Record<string, ModelOption>} */
  get options() {
    return this.#optionsOf(this.model);
  }

  #optionsOf({ options }) {
    if (this.hasOwnPrompt) return options;
    const { shots: _, ...others } = options;
    return others;
  }

  /** The id of the chosen model, which may not be offered any more. */
  get wantedModel() {
    return this.#wish.model ?? null;
  }

  /** Whether the chosen model is not offered any more, so that another one is used. */
  get isReplaced() {
    const { model } = this.#wish;
    return Boolean(model) && this.models.length > 0 && !this.models.some((it) => it.id === model);
  }

  /** The maximum length of the prompt, which may be another one beside a source image. */
  get maxPromptChars() {
    const { max_prompt_chars: max, max_prompt_chars_from_image: maxFromImage } = this.model.limits;
    return (this.flow === "image" ? maxFromImage : null) ?? max;
  }

  get variations() {
    const { variations = 1 } = this.#wish;
    return Math.min(Math.max(1, variations), MAX_VARIATIONS);
  }

  /** Whether the user wants several shots; the texts of the shots stay while this is off. */
  get hasShots() {
    return this.#wish.has_shots ?? false;
  }

  /** An option as the user chose it, or the model's default; null if it is not used. */
  wanted(name) {
    return this.#wish[name] ?? this.options[name]?.default ?? null;
  }

  /** Choose values by field. A choice of the format may change the rest of the format, so that no rule is broken. */
  choose(change) {
    const [field] = Object.keys(change);
    this.#wish = { ...this.#wish, ...change };
    if (!FORMAT_FIELDS.includes(field)) return;
    const { fields } = fit(this.model, { ...this.fields, ...change }, { flow: this.flow, pinned: [field] });
    for (const name of FORMAT_FIELDS) this.#wish[name] = fields[name];
  }

  /** The format and the model's options, always valid. */
  get fields() {
    return this.#fit(this.model).fields;
  }

  /** What the rules changed of the choices: `{ field, reason }`. */
  get changes() {
    return this.#fit(this.model).changes;
  }

  /**
   * The request's fields without its images. An option that is not used is null. A replaced model is named with the permission
   * to use its successor, if the server has named that one.
   */
  get request() {
    const { model, fields, variations } = this;
    const isTaken = (name) => !IMAGES.includes(name) && !model.options[name]?.is_fixed;
    const taken = Object.entries(fields).filter(([name]) => isTaken(name));
    const isSuccessor = this.isReplaced && this.#wish.successor === model.id;
    return {
      model: isSuccessor ? this.#wish.model : model.id,
      ...(isSuccessor && { allow_successor: true }),
      ...Object.fromEntries(taken.map(([name, value]) => [name, trimmed(value)])),
      variations,
    };
  }

  /** Whether the request has this option. */
  uses(name) {
    return isPresent(this.fields[name]);
  }

  /** Why a value cannot be chosen now, or null. */
  obstacle(field, value) {
    return obstacle(this.model, this.fields, { flow: this.flow, field, value });
  }

  /** The changes that choosing a value would bring about. */
  consequences(field, value) {
    return fit(this.model, { ...this.fields, [field]: value }, { flow: this.flow, pinned: [field] }).changes;
  }

  /** Estimated price of all variations. */
  get price() {
    return estimateUsd(this.model, { ...this.#values(this.fields), variations: this.variations });
  }

  /** Estimated price of one video, with some fields changed, or with another model. */
  priceWith(change = {}, model = this.model) {
    const pinned = Object.keys(change);
    const { fields } = fit(model, { ...this.#fit(model).fields, ...change }, { flow: this.flow, pinned });
    return estimateUsd(model, this.#values(fields));
  }

  #values(fields) {
    return ruleValues(fields, this.flow);
  }

  #fit(model) {
    const options = Object.entries(this.#optionsOf(model)).map(([name, spec]) => [
      name,
      this.#option(name, spec, model),
    ]);
    const wanted = { ...this.#formatOf(model), ...Object.fromEntries(options) };
    const result = fit(model, wanted, { flow: this.flow });
    if (result.fields.shots)
      result.fields.shots = fitShots(result.fields.shots, result.fields.duration_seconds, {
        maxShots: model.options.shots.maximum ?? undefined,
      });
    return result;
  }

  #formatOf(model) {
    const wish = this.#wish;
    const pick = (field, ...preferred) => {
      const values = offered(model, field);
      return preferred.find((it) => values.includes(it)) ?? values[0];
    };
    return {
      duration_seconds: pick("duration_seconds", wish.duration_seconds, DEFAULT_SECONDS),
      aspect_ratio: pick("aspect_ratio", wish.aspect_ratio),
      resolution: pick("resolution", wish.resolution, this.isForBots ? "1080p" : null),
    };
  }

  #option(name, spec, { limits }) {
    if (spec.is_fixed) return spec.default;
    if (name === "shots" && !this.hasShots) return null;
    const value = this.#wish[name] ?? null;
    if (isSwitch(name)) return value ?? spec.default ?? false;
    if (value === null || value === "") return null;
    if (Array.isArray(value)) return spec.maximum === null ? value : value.slice(0, spec.maximum);
    if (spec.values.length && !spec.values.includes(value)) return null;
    const [min, max] = name === "seed" ? [limits.min_seed, limits.max_seed] : [spec.minimum, spec.maximum];
    return typeof value === "number" && (value < (min ?? -Infinity) || value > (max ?? Infinity)) ? null : value;
  }
}

/** Texts without surrounding spaces; an empty text or list is null. */
function trimmed(value) {
  if (typeof value === "string") return value.trim() || null;
  if (!Array.isArray(value)) return value;
  const items = value.map((it) => ("prompt" in it ? { ...it, prompt: it.prompt.trim() } : it));
  return items.length ? items : null;
}
