/** DOM helpers. User text is inserted as text or as an attribute value, so it can never become markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Create an element: `h("button", { class: "quiet", onclick: save, disabled: busy }, icon("play"), "Play")`.
 *
 * A function under a name with "on" becomes an event listener. Other functions and objects are set as properties, which
 * is how a custom element gets a record. True becomes an empty attribute; false, null and undefined are left out; all
 * other values become attributes. Children may be nodes, text and nested lists; null, undefined and false are left out.
 *
 * @template {string} T
 * @param {T} name
 * @param {Record<string, any>} [attributes]
 * @param {...any} children
 * @returns {T extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[T] : any}
 */
export function h(name, attributes = {}, ...children) {
  const node = /** @type {any} */ (document.createElement(name));
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on") && typeof value === "function") node.addEventListener(key.slice(2), value);
    else if (typeof value === "object" || typeof value === "function") {
      if (value !== null) node[key] = value;
    } else if (value !== false && value !== undefined) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...flatten(children));
  return node;
}

/** Flatten a list of children for `append` and `replaceChildren`, without null, undefined and false. */
export const flatten = (children) => children.flat(Infinity).filter((it) => it != null && it !== false);

/**
 * The parts of a text between " · ", as nodes of the class `phrase`: a narrow line breaks between them.
 *
 * @param {string} text
 */
export const phrases = (text) =>
  flatten(text.split(" · ").map((part, index) => [index > 0 && " · ", h("span", { class: "phrase" }, part)]));

/** @param {string} css */
export function sheet(css) {
  const styleSheet = new CSSStyleSheet();
  styleSheet.replaceSync(css);
  return styleSheet;
}

/** Announce a text to screen readers in an `aria-live` element. The delay makes a repeated text count as a change. */
export function announce(region, text) {
  region.textContent = "";
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}

// SVG paths on a 24 by 24 grid, drawn with a stroke width of 1.75.
const PATHS = {
  play: "M8 5.5v13l10.5-6.5z",
  download: "M12 4v11m0 0 4.5-4.5M12 15l-4.5-4.5M5 19.5h14",
  share: "M12 15V4m0 0L8 8m4-4 4 4M6 12H5v8h14v-8h-1",
  remix: "M3.5 7H7l8.5 10H20M3.5 17H7l2.5-3M13 9.5 15.5 7H20M17.5 4.5 20 7l-2.5 2.500M17.5 14.5 20 17l-2.5 2.5",
  trash: "M5 7h14M10 7V4.5h4V7M7 7l1 12.5h8L17 7M10.5 11v5M13.5 11v5",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  image: "M4 5h16v14H4zM4 16l5-5 4 4 3-2.5 4 3.5M15.5 9h.01",
  sparkle: "M12 3.5l1.9 5.6 5.6 1.9-5.6 1.9L12 18.5l-1.9-5.6L4.5 11l5.6-1.9zM19 17v4M17 19h4",
  close: "M6 6l12 12M18 6 6 18",
  check: "M5 12.5l4.5 4.5L19 7",
  warning: "M12 4 2.5 20h19zM12 10v4.5M12 17.5h.01",
  clock: "M12 7v5l3 2M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17z",
  search: "M15.5 15.5 20 20M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z",
  plus: "M12 5v14M5 12h14",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  user: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5",
  link: "M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.7-5.700L12 7M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.7 5.700L12 17",
  retry: "M19.5 12a7.5 7.5 0 1 1-2.2-5.300M19.5 4v4.500H15",
  coin: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z",
  exit: "M14 4.500h5v15h-5M4.5 12H15m0 0-3.5-3.500M15 12l-3.5 3.5",
  film: "M4 5h16v14H4zM8 5v14M16 5v14M4 9.500h4M4 14.500h4M16 9.500h4M16 14.500h4",
};

/** A decorative icon, hidden from screen readers because a text or label beside it says the same. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true", class: "icon" }))
    svg.setAttribute(key, value);
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
