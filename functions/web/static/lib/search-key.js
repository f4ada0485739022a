/** The `/` key as a shortcut to a search field. */

/** Call `onPress` when the user presses `/` while `element` is visible, unless they are typing or a dialog has the focus. */
export function onSearchKey(element, onPress, signal) {
  const takesText = (it) => it.matches?.("input, textarea, select, dialog, [contenteditable]");
  const onKey = (event) => {
    if (event.key !== "/" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.composedPath().some(takesText) || !element.checkVisibility()) return;
    event.preventDefault();
    onPress();
  };
  document.addEventListener("keydown", onKey, { signal });
}
