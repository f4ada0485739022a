/** Fetching modules that may not come at the first try: the page is dozens, and a young AWS account runs few functions at once. */

const TRIED_UNDER = "keepreel.loads";
const MOST_LOADS = 4;

/**
 * The module that `fetch` imports. Where a file is missing, the page is loaded again a few times, since a browser may
 * remember the failure of a module as long as the page lives; what has come is kept, so each time less is missing.
 */
export async function loaded(fetch) {
  try {
    const module = await fetch();
    tries(null);
    return module;
  } catch (error) {
    const loads = tries() + 1;
    if (loads >= MOST_LOADS || !navigator.onLine) {
      tries(null);
      throw error;
    }
    tries(loads);
    setTimeout(() => location.reload(), 500 * loads);
    return new Promise(() => {}); // the page is about to go
  }
}

function tries(count) {
  try {
    if (count === null) sessionStorage.removeItem(TRIED_UNDER);
    else if (count !== undefined) sessionStorage.setItem(TRIED_UNDER, count);
    return Number(sessionStorage.getItem(TRIED_UNDER) ?? 0);
  } catch {
    return MOST_LOADS; // nothing can be kept here, so there would be no end to it
  }
}
