/** What the embed page does beside its elements: which community they show, and this place's own address in the snippets. */

import * as api from "./data/api.js";
import { session } from "./data/session.js";
import { h } from "./lib/dom.js";
import { look } from "./lib/theme.js";

const field = document.querySelector("#community");
const elements = document.querySelectorAll(".live > *");

document.adoptedStyleSheets = [look];
for (const snippet of document.querySelectorAll("pre")) {
  snippet.tabIndex = 0; // it scrolls sideways, so the keyboard must reach it
  snippet.textContent = snippet.textContent.replaceAll("https://keepreel.example", location.origin);
}

function show(id) {
  for (const element of elements) element.setAttribute("community-id", id);
}

/** Somebody who has a community sees it at once. */
async function suggest() {
  if (!session.isOpen || field.value) return;
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
document.addEventListener("offer-declined", ({ target }) => {
  const again = h(
    "button",
    {
      type: "button",
      onclick: () => {
        again.remove();
        target.setAttribute("offer", "");
      },
    },
    "Show the offer again",
  );
  target.after(again);
});
session.addEventListener("change", suggest);
await suggest();
