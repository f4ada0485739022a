/** Parts of the page that are fetched when they are first needed. */

import { h } from "./dom.js";
import { toast } from "./elements/toast-stack.js";

/** The module that `fetch` imports, or null where it does not come: the person is told, and what they wrote stays. */
export async function part(fetch) {
  try {
    return await fetch();
  } catch {
    toast("A part of the page could not be loaded. Check the connection, or load the page again.");
    return null;
  }
}

/** In place of a view that does not come. */
export const missing = () => h("div", { class: "notice bad", role: "alert" },
  h("p", {}, "This part of the page could not be loaded."),
  h("button", { type: "button", onclick: () => location.reload() }, "Load the page again"));
