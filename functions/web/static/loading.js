/** Fetching modules that may not come at the first try: the page is dozens, and a young AWS account runs few functions at once. */

const TRIED_UNDER = "keepreel.loads."; // and what is fetched: what comes says nothing about what does not
const MOST_LOADS = 4;

/**
 * The module that `fetch` imports, by a name of its own. Where a file is missing, the page is loaded again a few times, since a browser may
 * remember the failure of a module as long as the page lives; what has come is kept, so each time less is missing.
 */
export async function loaded(name, fetch) {
  try {
    const module = await fetch();
    tries(name, null);
    return module;
  } catch (error) {
    const loads = tries(name) + 1;
    if (loads >= MOST_LOADS || !navigator.onLine) {
      tries(name, null);
      throw error;
    }
    tries(name, loads);
    setTimeout(() => location.reload(), 500 * loads);
    return new Promise(() => {}); // the page is about to go
  }
}

function tries(name, count) {
  const key = TRIED_UNDER + name;
  try {
    if (count === null) sessionStorage.removeItem(key);
    else if (count !== undefined) sessionStorage.setItem(key, count);
    return Number(sessionStorage.getItem(key) ?? 0);
  } catch {
    return MOST_LOADS; // nothing can be kept here, so there would be no end to it
  }
}
