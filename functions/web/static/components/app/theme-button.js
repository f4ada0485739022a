/** Switch between light and dark. The default is the system's setting. */

import { h, icon } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";

const THEME_KEY = "keepreel.theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

export class ThemeButton extends Element {
  start() {
    const chosen = restore();
    if (chosen) document.documentElement.dataset.theme = chosen;
    prefersDark.addEventListener("change", () => this.#render(), { signal: this.signal });
    this.#render();
  }

  get #isDark() {
    return (document.documentElement.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";
  }

  #render() {
    const label = this.#isDark ? "Switch to light theme" : "Switch to dark theme";
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
      localStorage.setItem(THEME_KEY, chosen);
    } catch {
      // without storage, the choice lasts until the page is closed
    }
    this.#render();
    this.find("button").focus();
  }
}

function restore() {
  try {
    return localStorage.getItem(THEME_KEY);
  } catch {
    return null;
  }
}

customElements.define("theme-button", ThemeButton);
