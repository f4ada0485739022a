/** Dynamic imports that survive a missing file. Imports nothing itself, so that the page's first module depends on no other. */

const TRIES_KEY = "keepreel.loads."; // followed by the import's name: each import counts its own failures
const MAX_RELOADS = 4;
const RELOAD_STEP_MS = 500;

/**
 * Import a view under a unique `name`. After a failure, reload the page a few times, because a browser may remember a failed
 * module for as long as the page lives. Files that did arrive stay cached, so each reload has fewer to fetch.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} load
 * @returns {Promise<T>}
 */
export async function importOrReload(name, load) {
  try {
    const module = await load();
    forgetTries(name);
    return module;
  } catch (error) {
    const tries = countTry(name);
    if (tries >= MAX_RELOADS || !navigator.onLine) {
      forgetTries(name);
      throw error;
    }
    setTimeout(() => location.reload(), RELOAD_STEP_MS * tries);
    return new Promise(() => {}); // the page is about to reload
  }
}

/**
 * Import a part of a view when it is first needed. Return null after a failure, and show a toast; the user's input stays.
 *
 * @template T
 * @param {() => Promise<T>} load
 * @returns {Promise<T | null>}
 */
export async function importOrNotify(load) {
  try {
    return await load();
  } catch {
    const { toast } = await import("./toast-stack.js"); // loaded with the page, so this does not fetch
    toast("A part of the page could not be loaded. Check your connection, or reload the page.");
    return null;
  }
}

function countTry(name) {
  try {
    const tries = Number(sessionStorage.getItem(TRIES_KEY + name) ?? 0) + 1;
    sessionStorage.setItem(TRIES_KEY + name, String(tries));
    return tries;
  } catch {
    return MAX_RELOADS; // without storage the count would be lost and the page would reload forever
  }
}

function forgetTries(name) {
  try {
    sessionStorage.removeItem(TRIES_KEY + name);
  } catch {
    // nothing was stored
  }
}
