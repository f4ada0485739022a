/** Which view the address names, as in `#/communities/sophia?type=promo`. Nothing that a person wrote is ever put there. */

/** `{ parts: ["communities", "sophia"], query: { type: "promo" } }` */
export function current() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  return { parts: path.split("/").filter(Boolean).map(decoded), query: Object.fromEntries(new URLSearchParams(query)) };
}

/** The address of a view. */
export function address(...parts) {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

/** Keeps a view's filters in the address without a step in the browser's history. */
export function keep(query) {
  const [path] = location.hash.split("?");
  const text = new URLSearchParams(Object.entries(query).filter(([, value]) => value)).toString();
  history.replaceState(history.state, "", `${path || "#/"}${text ? `?${text}` : ""}`);
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
