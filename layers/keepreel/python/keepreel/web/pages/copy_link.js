
"use strict";
// Watching needs none of this: without a clipboard there is no button.
const button = document.querySelector("button");
if (navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.url);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not copied";
    }
    setTimeout(() => { button.textContent = "Copy link"; }, 2000);
  });
}
