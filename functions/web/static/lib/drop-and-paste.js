/** Images dropped on an element, or pasted anywhere in the page while no text field is receiving text. */

/** Call `onFile(file)` for each image. The element has the class "aimed" while a file is dragged over it. */
export function receiveImages(element, onFile, signal) {
  const hasFile = (event) => event.dataTransfer?.types.includes("Files");
  const setAimed = (isAimed) => element.classList.toggle("aimed", isAimed);
  const on = (target, name, listener) => target.addEventListener(name, listener, { signal });
  on(element, "dragover", (event) => {
    if (hasFile(event)) {
      event.preventDefault();
      setAimed(true);
    }
  });
  on(element, "dragleave", (event) => {
    if (!element.contains(event.relatedTarget)) setAimed(false);
  });
  on(element, "drop", (event) => {
    setAimed(false);
    if (!hasFile(event)) return;
    event.preventDefault();
    onFile(event.dataTransfer.files[0]);
  });
  on(document, "paste", (event) => {
    const file = [...event.clipboardData.files].find((it) => it.type.startsWith("image/"));
    if (!file || isTextPaste(event)) return;
    event.preventDefault();
    onFile(file);
  });
}

function isTextPaste(event) {
  const [target] = event.composedPath();
  return (
    event.clipboardData.types.includes("text/plain") && Boolean(target.matches?.("input, textarea, [contenteditable]"))
  );
}
