/** Fit a request to a model: check the catalog's rules between fields as the server does, and repair what breaks them. */

import { ruleText } from "./option-words.js";

const MAX_REPAIRS = 20;
export const FORMAT_FIELDS = ["duration_seconds", "aspect_ratio", "resolution"];

/** A rule of every model. */
const END_FRAME_RULE = { when: { end_image: [true] }, needs: { flow: ["image"] } };

/**
 * A request's fields as the rules and prices see them: an option is true if it is present, a switch if it is on. Texts stay, because
 * a rule may name values of an option with a list of them.
 *
 * @param {Fields} fields the format and the options
 * @returns {Record<string, any>}
 */
export function ruleValues(fields, flow) {
  const seen = (name, value) => (FORMAT_FIELDS.includes(name) || typeof value === "string" ? value : isPresent(value));
  const values = Object.entries(fields).map(([name, value]) => [name, seen(name, value)]);
  return { ...Object.fromEntries(values), flow };
}

/** Whether a field has one of the allowed values. For a text, true stands for any. */
export function hasValue(values, name, allowed) {
  const value = values[name] || false;
  return allowed.includes(value) || (typeof value === "string" && allowed.includes(true));
}

/** Whether an option is on, or has a value. */
export function isPresent(value) {
  if (Array.isArray(value)) return value.length > 0;
  return value !== null && value !== undefined && value !== false && value !== "";
}

/**
 * Return the rules that the values break, each with the fields of `needs` that break it.
 *
 * @param {Model} model
 * @param {Record<string, any>} values
 * @returns {{ rule: Rule, fields: string[] }[]}
 */
export function brokenRules(model, values) {
  const holds = ([name, allowed]) => hasValue(values, name, allowed);
  return rulesOf(model)
    .filter((rule) => Object.entries(rule.when).every(holds))
    .map((rule) => ({
      rule,
      fields: Object.entries(rule.needs)
        .filter((it) => !holds(it))
        .map(([name]) => name),
    }))
    .filter(({ fields }) => fields.length > 0);
}

/** The model's rules, and the one for end frames of every model. */
function rulesOf({ rules }) {
  const isStated = rules.some(({ when, needs }) => Object.keys(when).join() === "end_image" && "flow" in needs);
  return isStated ? rules : [...rules, END_FRAME_RULE];
}

/**
 * Change the fields until they break no rule. First the format follows the options; an option is only dropped if that does not
 * help. The `pinned` fields stay. Return the fields and each change with its reason.
 *
 * @param {Model} model
 * @param {Fields} fields
 * @param {{ flow: string, pinned?: string[] }} options
 * @returns {Fit}
 */
export function fit(model, fields, { flow, pinned = [] }) {
  /** @type {Fit} */
  const result = { fields: { ...fields }, changes: [], isValid: false };
  for (let repairs = 0; repairs < MAX_REPAIRS; repairs += 1) {
    const [broken] = brokenRules(model, ruleValues(result.fields, flow));
    if (!broken) return { ...result, isValid: true };
    const change = repair(model, result.fields, broken, pinned);
    if (!change) return result;
    result.fields[change.field] = change.value;
    const reasons = broken.fields.includes(change.field) ? [change.field] : lasting(broken.fields);
    result.changes.push({ ...change, reason: ruleText(broken.rule, reasons) });
  }
  return result;
}

/** Of the fields that break a rule, those that the format cannot mend, or all. */
function lasting(fields) {
  const options = fields.filter((it) => !FORMAT_FIELDS.includes(it));
  return options.length ? options : fields;
}

function repair(model, fields, { rule, fields: broken }, pinned) {
  const isFree = (name) => !pinned.includes(name);
  const canChange = (name) => isFree(name) && model.options[name] && !model.options[name].is_fixed;
  const isFormat = (name) => FORMAT_FIELDS.includes(name);
  for (const field of broken.filter((it) => isFormat(it) && isFree(it))) {
    const value = closest(
      fields[field],
      offered(model, field, (it) => rule.needs[field].includes(it)),
    );
    if (value !== undefined) return { field, value };
  }
  const dropped =
    Object.keys(rule.when).find((it) => canChange(it) && !rule.when[it].includes(false)) ??
    broken.find((it) => canChange(it) && rule.needs[it].includes(false));
  if (dropped) return { field: dropped, value: offValue(fields[dropped]) };
  const added = broken.find((it) => canChange(it) && typeof fields[it] === "boolean");
  if (added) return { field: added, value: true };
  for (const field of Object.keys(rule.when).filter((it) => isFormat(it) && isFree(it))) {
    const value = closest(
      fields[field],
      offered(model, field, (it) => !rule.when[field].includes(it)),
    );
    if (value !== undefined) return { field, value };
  }
  return null;
}

/** A model's values of a format field. */
export function offered(model, field, filter = (_) => true) {
  return { duration_seconds: model.duration_seconds, aspect_ratio: model.aspect_ratios, resolution: model.resolutions }[
    field
  ].filter(filter);
}

/** Of the values, the one nearest to a number, otherwise the first. */
function closest(value, values) {
  if (typeof value !== "number") return values[0];
  return [...values].sort((a, b) => Math.abs(a - value) - Math.abs(b - value))[0];
}

const offValue = (value) => (typeof value === "boolean" ? false : null);

/**
 * Why a value cannot be chosen: it would drop an option, or needs another kind of image. Null if it can be chosen.
 *
 * @param {Model} model
 * @param {Fields} fields valid fields
 * @param {{ flow: string, field: string, value: any }} choice
 */
export function obstacle(model, fields, { flow, field, value }) {
  const { fields: fitted, changes, isValid } = fit(model, { ...fields, [field]: value }, { flow, pinned: [field] });
  const isLoss = ({ field: changed }) => !FORMAT_FIELDS.includes(changed);
  const loss = changes.find(isLoss);
  if (loss) return loss.reason;
  if (isValid) return null;
  const [{ rule, fields: broken }] = brokenRules(model, ruleValues(fitted, flow));
  return ruleText(rule, broken);
}
