/** Light or dark: the system's choice until somebody chooses otherwise here. */

import { h, icon } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";

const KEPT_UNDER = "keepreel.theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

export class ThemeButton extends Element {
  start() {
    const chosen = restored();
    if (chosen) document.documentElement.dataset.theme = chosen;
    prefersDark.addEventListener("change", () => this.#render(), { signal: this.signal });
    this.#render();
  }

  get #isDark() {
    return (document.documentElement.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";
  }

  #render() {
    const label = this.#isDark ? "Switch to light" : "Switch to dark";
    this.shadowRoot.replaceChildren(
      h(
        "button",
        { type: "button", class: "plain round", "aria-label": label, title: label, onclick: () => this.#switch() },
        icon(this.#isDark ? "sun" : "moon"),
      ),
    );
  }

  #switch() {
    const chosen = this.#isDark ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    try {
      localStorage.setItem(KEPT_UNDER, chosen);
    } catch {
      /* then only until the page is left */
    }
    this.#render();
    this.find("button").focus();
  }
}

function restored() {
  try {
    return localStorage.getItem(KEPT_UNDER);
  } catch {
    return null;
  }
}

customElements.define("theme-button", ThemeButton);
