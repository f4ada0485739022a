
"use strict";
// Copy button of the share page. Optional: the page works without JavaScript, and the button is hidden without a clipboard.
const button = document.querySelector("button");
if (navigator.clipboard) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.url);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Could not copy";
    }
    setTimeout(() => { button.textContent = "Copy link"; }, 2000);
  });
}
