/** A held Enter key must not submit twice, because each request costs money. */

/** An `onkeydown` handler for a form or a group of buttons. In a textarea, a held key still types. */
export function ignoreHeldEnter(event) {
  if (event.repeat && event.key === "Enter" && event.composedPath()[0].localName !== "textarea") event.preventDefault();
}
