/** The app frame: header, navigation, account, and the view that the URL names. */

import { session } from "../../data/session.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { importOrReload } from "../../lib/lazy-import.js";
import { loadError } from "../../lib/load-error.js";
import * as router from "../../lib/router.js";
import "./theme-button.js";

const style = sheet(`
:host { display: grid; grid-template-rows: auto 1fr; min-height: 100dvh; }
header { position: sticky; top: 0; z-index: 10; background: color-mix(in srgb, var(--ground) 88%, transparent); backdrop-filter: blur(10px); border-bottom: 1px solid var(--line); }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 1rem; max-width: 76rem; margin: 0 auto; padding: 0.4rem max(1rem, env(safe-area-inset-left)); }
.brand { display: inline-flex; align-items: center; gap: 0.5rem; min-height: 2.75rem; color: inherit; font-weight: 700; font-size: 1.0625rem; letter-spacing: -0.02em; text-decoration: none; }
.mark { display: grid; place-items: center; width: 1.75rem; height: 1.75rem; border-radius: 0.5rem; background: var(--accent); color: var(--on-accent); }
.mark .icon { width: 1rem; height: 1rem; fill: currentColor; }
nav { display: flex; flex-wrap: wrap; gap: 0.15rem; margin-inline-end: auto; }
nav a { display: inline-flex; align-items: center; min-height: 2.75rem; padding: 0 0.7rem; border-radius: 0.6rem; color: var(--quiet); font-weight: 550; font-size: 0.9375rem; text-decoration: none; }
nav a:hover, nav a[aria-current] { color: var(--text); }
nav a[aria-current] { text-decoration: underline; text-decoration-thickness: 2px; text-underline-offset: 0.5em; text-decoration-color: var(--accent); }
.account { display: flex; align-items: center; gap: 0.35rem; min-width: 0; }
.email { max-width: 14rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
main { width: 100%; max-width: 76rem; margin: 0 auto; padding: clamp(1rem, 0.5rem + 2vw, 2rem) max(1rem, env(safe-area-inset-left)) 6rem; }
main:focus-visible { outline: none; }
.skip { position: absolute; inset-inline-start: -99rem; top: 0.5rem; z-index: 20; }
.skip:focus { inset-inline-start: 0.5rem; }
@media (max-width: 46rem) { .email { display: none; } .bar { gap: 0 0.5rem; } nav a { padding: 0 0.45rem; } .account { gap: 0; } }
.account .word { margin-inline-start: 0.1rem; }
@media (max-width: 34rem) { .name, .word { display: none; } .account button { width: 2.75rem; padding: 0; } }
`);

// Each view is imported when it is first shown.
/** @type {Record<string, () => Promise<{ element: string }>>} */
const VIEWS = {
  "sign-in": () => import("../account/sign-in.js"),
  home: () => import("./home-view.js"),
  communities: () => import("../community/community-view.js"),
};

class KeepreelApp extends Element {
  static sheets = [style];
  #current = null;

  start() {
    addEventListener("hashchange", () => this.#show(), { signal: this.signal });
    session.addEventListener(
      "change",
      () => {
        this.#render();
        this.find("main").focus({ preventScroll: true });
      },
      { signal: this.signal },
    );
    // The next user must not land in the view of the previous one.
    session.addEventListener("leaving", () => history.replaceState(null, "", "#/"), { signal: this.signal });
    this.#render();
  }

  #render() {
    this.#current = null;
    this.shadowRoot.replaceChildren(
      h(
        "a",
        {
          class: "skip button",
          href: "#main",
          onclick: (event) => {
            event.preventDefault();
            this.find("main").focus();
          },
        },
        "Skip to content",
      ),
      h(
        "header",
        {},
        h(
          "div",
          { class: "bar" },
          h(
            "a",
            { class: "brand", href: "#/", "aria-label": "Keepreel" },
            h("span", { class: "mark" }, icon("play")),
            h("span", { class: "name" }, "Keepreel"),
          ),
          h(
            "nav",
            { "aria-label": "Main" },
            session.email && [
              h("a", { href: "#/", "data-view": "home" }, "Create"),
              h("a", { href: "#/communities", "data-view": "communities" }, "Communities"),
            ],
          ),
          h(
            "div",
            { class: "account" },
            session.email && h("span", { class: "email quiet small", title: session.email }, session.email),
            h("theme-button"),
            session.email &&
              h(
                "button",
                { type: "button", class: "plain", onclick: () => session.signOut(), "aria-label": "Sign out" },
                icon("exit"),
                h("span", { class: "word" }, "Sign out"),
              ),
          ),
        ),
      ),
      h("main", { id: "main", tabindex: "-1" }),
    );
    this.#show();
  }

  async #show() {
    const { parts, query } = router.currentRoute();
    const view = !session.email ? "sign-in" : parts[0] === "communities" ? "communities" : "home";
    for (const link of /** @type {NodeListOf<HTMLElement>} */ (this.shadowRoot.querySelectorAll("nav a"))) {
      if (link.dataset.view === view) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const name = [view, ...parts].join("/");
    const isAnother = this.#current !== null && this.#current !== name;
    this.#current = name;
    const main = this.find("main");
    const { element } = await importOrReload(view, VIEWS[view]).catch(() => ({ element: null }));
    if (this.#current !== name) return; // the user navigated on during the import
    if (!element) return main.replaceChildren(loadError());
    const found = main.firstElementChild;
    const shown = found?.localName === element ? found : h(element);
    shown.route = { parts, query };
    if (shown !== found) main.replaceChildren(shown);
    if (isAnother) {
      main.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }
}

customElements.define("keepreel-app", KeepreelApp);
