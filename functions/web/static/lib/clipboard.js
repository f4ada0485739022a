/** Copying to the clipboard. */

import { toast } from "./toast-stack.js";

/**
 * Copy a text and show `message` as a toast. Where the browser refuses, select `field`, so that the user can copy by keyboard.
 *
 * @param {string} text
 * @param {{ message: string, field?: { focus(): void, select(): void } }} options
 */
export async function copyText(text, { message, field }) {
  try {
    await navigator.clipboard.writeText(text);
    toast(message);
  } catch {
    field?.focus();
    field?.select();
    toast("Your browser blocked copying. The text is selected: press Ctrl+C or ⌘C.");
  }
}
