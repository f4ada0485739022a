/** The notice in place of a view that could not be loaded. */

import { h } from "./dom.js";

export const loadError = () =>
  h(
    "div",
    { class: "notice bad", role: "alert" },
    h("p", {}, "This part of the page could not be loaded."),
    h("button", { type: "button", onclick: () => location.reload() }, "Reload page"),
  );
