/** Putting a text on the clipboard, and saying so. */

import { toast } from "./toast-stack.js";

/** `said` is what is told when it is there; where the browser refuses, `field` is selected, ready to be copied by hand. */
export async function copy(text, { said, field }) {
  try {
    await navigator.clipboard.writeText(text);
    toast(said);
  } catch {
    field?.focus();
    field?.select();
    toast("Your browser does not let the page copy. It is selected: copy it by keyboard.");
  }
}
