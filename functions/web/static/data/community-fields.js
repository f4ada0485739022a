/** The fields of the community form: validation, a suggested address, and errors by field. */

import * as api from "./api.js";

export const MAX_INSTRUCTIONS_CHARS = 2500;
export const MAX_ID_CHARS = 64;

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const RESERVED_ID = "new"; // the URL of the form
const FIELDS = ["name", "agent_name", "agent_instructions", "token_name", "token_symbol", "avatar"];

/**
 * Return the error messages by field. `id` is undefined for an existing community.
 *
 * @param {{ name: string, id?: string }} fields
 * @returns {Record<string, string>}
 */
export function validate({ name, id }) {
  const errors = {};
  if (!name) errors.name = "Enter a name.";
  if (id !== undefined && !ID.test(id)) errors.id = "Use letters, digits, - and _. Start with a letter or a digit.";
  if (id === RESERVED_ID) errors.id = "This address is reserved. Choose another one.";
  return errors;
}

/**
 * Sort an API error by field. An error about no field is under `form`.
 *
 * @returns {Record<string, string>}
 */
export function errorsByField(error, { isNew }) {
  const errors = Object.fromEntries(FIELDS.map((name) => [name, error.of?.(name)]).filter(([, text]) => text));
  // A 404 means that the address belongs to a community of another user.
  const ofId = error.of?.("community_id") ?? (error.status === 404 ? error.message : null);
  if (isNew && ofId) errors.id = ofId;
  return Object.keys(errors).length ? errors : { form: error.message };
}

/** Suggest an address for a name, in plain letters and digits. A name without any gets `fallback`. */
export function suggestId(name, { fallback }) {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const id = plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, MAX_ID_CHARS);
  return id || (name.trim() && fallback);
}

/** Whether one of the user's communities has this id. Creating it again would overwrite it, which no user intends. */
export async function isTaken(id) {
  let cursor = null;
  do {
    const page = await api.communities({ limit: 100, cursor });
    if (page.communities.some((it) => it.id === id)) return true;
    cursor = page.next_cursor;
  } while (cursor);
  return false;
}
