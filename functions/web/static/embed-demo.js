/** The script of embed.html: selects the community to show, and puts this site's origin into the snippets. */

import * as api from "./data/api.js";
import { session } from "./data/session.js";
import { h } from "./lib/dom.js";
import { themeSheet } from "./lib/theme.js";

const field = /** @type {HTMLInputElement} */ (document.querySelector("#community"));
const elements = document.querySelectorAll(".live > *");

document.adoptedStyleSheets = [themeSheet];
for (const snippet of document.querySelectorAll("pre")) {
  snippet.tabIndex = 0; // focusable, because it scrolls horizontally
  snippet.textContent = snippet.textContent.replaceAll("https://keepreel.example", location.origin);
}

function show(id) {
  for (const element of elements) element.setAttribute("community-id", id);
}

/** Show the first community of a signed-in user. */
async function suggest() {
  if (!session.isAuthorized || field.value) return;
  const {
    communities: [first],
  } = await api.communities({ limit: 1 }).catch(() => ({ communities: [] }));
  if (!first || field.value) return;
  field.value = first.id;
  show(first.id);
}

document.querySelector("#choice").addEventListener("submit", (event) => {
  event.preventDefault();
  show(field.value.trim());
});
document.addEventListener("offer-declined", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const button = h(
    "button",
    {
      type: "button",
      onclick: () => {
        button.remove();
        target.setAttribute("offer", "");
      },
    },
    "Show offer again",
  );
  target.after(button);
});
session.addEventListener("change", suggest);
await suggest();
