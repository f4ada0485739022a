/** Sort the errors of a refused request by the form's fields. */

import { OPTION_NAMES } from "./option-words.js";

/** For `fields`: format and options. Responses name some of them differently. */
export const OPTION_ERROR_FIELDS = {
  ...Object.fromEntries(
    [...OPTION_NAMES, "model", "duration_seconds", "aspect_ratio", "resolution", "variations"].map((it) => [it, [it]]),
  ),
  end_image: ["end_image", "end_image_url"],
  reference_images: ["reference_images", "reference_image_urls"],
};

const ITEM = /^\/([^/]+)\/(\d+)/;
const ITEM_NAMES = { shots: "Shot", motions: "Motion", reference_images: "Image" };

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
  const messageOf = (names) => names.map((name) => messageAbout(error, name)).find(Boolean) ?? null;
  const byField = Object.fromEntries(Object.entries(fields).map(([field, names]) => [field, messageOf(names)]));
  const shown = Object.values(byField).filter(Boolean);
  const isShown = (detail) => shown.some((it) => it.endsWith(detail));
  const rest = (error?.errors ?? []).map((it) => it.detail).filter((it) => !isShown(it));
  const hasOther = error !== null && (rest.length > 0 || shown.length === 0);
  return {
    byField,
    other: hasOther ? [error.message, ...rest].join(" ") : null,
    isTransient: error !== null && (error.status === 0 || error.status >= 500),
  };
}

/** The message about a field; the number of an item in a list comes first: "Shot 2: …". */
function messageAbout(error, name) {
  const detail = error?.of?.(name) ?? null;
  const [, list, index] = error?.errors?.find((it) => it.detail === detail)?.pointer.match(ITEM) ?? [];
  return list === name && ITEM_NAMES[name] ? `${ITEM_NAMES[name]} ${Number(index) + 1}: ${detail}` : detail;
}
