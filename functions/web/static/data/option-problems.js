/** Check the options before a request is sent, so that the server need not refuse it. */

import { count } from "../lib/format.js";
import { isPresent } from "./option-rules.js";
import { fieldLabel } from "./option-words.js";
import { shotsText } from "./shots.js";

/**
 * Return the messages by field.
 *
 * @param {import("./video-choice.js").VideoChoice} choice with a model
 * @returns {Record<string, string>}
 */
export function optionProblems(choice) {
  const { model, fields } = choice;
  const problems = {};
  for (const [name, spec] of Object.entries(choice.options)) {
    const problem = CHECKS[name]?.(choice.wanted(name), fields[name], {
      spec,
      limits: model.limits,
      maxPromptChars: choice.maxPromptChars,
    });
    if (problem) problems[name] = problem;
    else if (spec.is_required && !spec.is_fixed && !isPresent(fields[name]))
      problems[name] = `${model.name} needs ${fieldLabel(name).toLowerCase()}.`;
  }
  return problems;
}

const CHECKS = {
  seed: (wanted, _, { limits: { min_seed: min, max_seed: max } }) =>
    wanted !== null && !(Number.isInteger(wanted) && wanted >= min && wanted <= max)
      ? `Enter a whole number from ${count(min)} to ${count(max)}.`
      : null,
  negative_prompt: (_, used, { limits, spec }) => tooLong(used, spec.max_chars ?? limits.max_prompt_chars),
  shots: (_, used, { spec, maxPromptChars }) => {
    const check = ({ prompt }) => (prompt.trim() ? tooLong(prompt, spec.max_chars) : "Describe what happens.");
    const isTooLong = spec.is_joined && used && shotsText(used).length > maxPromptChars;
    const problem = isTooLong && `Use at most ${maxPromptChars} characters in all shots together.`;
    return firstOf(used, check, "Shot") ?? (problem || null);
  },
  motions: (_, used) => firstOf(used, ({ id }) => (id.trim() ? null : "Enter the id of a motion."), "Motion"),
};

function firstOf(items, check, label) {
  const problems = (items ?? []).map((it, index) => [check(it), `${label} ${index + 1}`]);
  const [text, name] = problems.find(([it]) => it) ?? [];
  return text ? `${name}: ${text}` : null;
}

const tooLong = (text, maxChars) =>
  maxChars && (text ?? "").trim().length > maxChars ? `Use at most ${maxChars} characters.` : null;
