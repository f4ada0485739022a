/** Images that come by themselves: dropped on an element, or pasted anywhere while no text field wants the text. */

/** Calls `take(file)` for each; the element has the class "aimed" while a file is held over it. */
export function receiveImages(element, take, signal) {
  const hasFile = (event) => event.dataTransfer?.types.includes("Files");
  const aim = (isAimed) => element.classList.toggle("aimed", isAimed);
  const on = (target, name, listener) => target.addEventListener(name, listener, { signal });
  on(element, "dragover", (event) => {
    if (hasFile(event)) {
      event.preventDefault();
      aim(true);
    }
  });
  on(element, "dragleave", (event) => {
    if (!element.contains(event.relatedTarget)) aim(false);
  });
  on(element, "drop", (event) => {
    aim(false);
    if (!hasFile(event)) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  on(document, "paste", (event) => {
    const file = [...event.clipboardData.files].find((it) => it.type.startsWith("image/"));
    if (!file || wantsText(event)) return;
    event.preventDefault();
    take(file);
  });
}

function wantsText(event) {
  const [target] = event.composedPath();
  return (
    event.clipboardData.types.includes("text/plain") && Boolean(target.matches?.("input, textarea, [contenteditable]"))
  );
}
