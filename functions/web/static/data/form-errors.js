/** Sort the errors of a refused request by the form's fields. */

/**
 * @typedef {object} FormErrors
 * @property {Record<string, string | null>} byField
 * @property {string | null} other the message about everything else
 * @property {boolean} isTransient whether the same request may succeed later
 */

/**
 * Return the first message for each field, and the rest as one text. `fields` maps each field of the form to the names that
 * the API uses for it. Without an error, all messages are null.
 *
 * @param {any} error a Problem, any other error, or null
 * @param {Record<string, string[]>} fields
 * @returns {FormErrors}
 */
export function sortErrors(error, fields) {
  const messageOf = (names) => names.map((name) => error?.of?.(name)).find(Boolean) ?? null;
  const byField = Object.fromEntries(Object.entries(fields).map(([field, names]) => [field, messageOf(names)]));
  const shown = Object.values(byField).filter(Boolean);
  const rest = (error?.errors ?? []).map((it) => it.detail).filter((it) => !shown.includes(it));
  const hasOther = error !== null && (rest.length > 0 || shown.length === 0);
  return {
    byField,
    other: hasOther ? [error.message, ...rest].join(" ") : null,
    isTransient: error !== null && (error.status === 0 || error.status >= 500),
  };
}
