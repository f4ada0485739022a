/** What is paid for is asked for by one press: a key that is held down presses once. */

/** For `onkeydown` of a form, or of what holds buttons. In a text of several lines, a held key may write. */
export function onePress(event) {
  if (event.repeat && event.key === "Enter" && event.composedPath()[0].localName !== "textarea") event.preventDefault();
}
