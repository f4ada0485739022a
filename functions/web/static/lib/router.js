/** The view in the URL hash, as in `#/communities/sophia?type=promo`. User text is never put into the URL. */

/** Return the current route: `{ parts: ["communities", "sophia"], query: { type: "promo" } }`. */
export function currentRoute() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { parts: path.split("/").filter(Boolean).map(decode), query: Object.fromEntries(new URLSearchParams(query)) };
}

/** Return the URL hash of a view. */
export function viewHash(...parts) {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

/** Write a view's filters into the URL without adding a history entry. */
export function replaceQuery(query) {
  const [path] = location.hash.split("?");
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  history.replaceState(history.state, "", `${path || "#/"}${text ? `?${text}` : ""}`);
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
