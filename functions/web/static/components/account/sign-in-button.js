/** The sign-in button for embedding pages. It opens the sign-in form in a dialog. */

import { session } from "../../data/session.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import "./sign-in.js";

const style = sheet(`
dialog { width: min(27rem, 100vw - 2rem); }
header { display: flex; justify-content: flex-end; padding: 0.5rem 0.5rem 0; }
.inside { padding: 0 1rem 1rem; }
`);

class SignInButton extends Element {
  static sheets = [style];
  #dialog = h(
    "dialog",
    { "aria-label": "Sign in to Keepreel" },
    h(
      "header",
      {},
      h(
        "button",
        { type: "button", class: "plain round", "aria-label": "Close", onclick: () => this.#dialog.close() },
        icon("close"),
      ),
    ),
    h("div", { class: "inside" }),
  );

  start() {
    this.shadowRoot.replaceChildren(
      h("button", { type: "button", onclick: () => this.#open() }, icon("user"), "Sign in to Keepreel"),
      this.#dialog,
    );
    session.addEventListener("change", () => this.#dialog.close(), { signal: this.signal });
  }

  #open() {
    this.#dialog.querySelector(".inside").replaceChildren(h("sign-in", { compact: true }));
    this.#dialog.showModal();
  }
}

customElements.define("sign-in-button", SignInButton);
