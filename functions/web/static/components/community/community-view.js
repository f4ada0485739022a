/** The views of communities: all of them, a new one, and one with its videos and its settings. */

import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { importOrReload } from "../../lib/lazy-import.js";
import { loadError } from "../../lib/load-error.js";
import * as route from "../../lib/router.js";

export const element = "community-view";

const style = sheet(`
.new { display: grid; gap: 1.25rem; max-width: 44rem; margin: 0 auto; }
.back { display: inline-flex; align-items: center; min-height: 2.75rem; text-decoration: none; }
`);

class CommunityView extends Element {
  static sheets = [style];
  #route = null;
  #made = null; // the id of the community that was made just now

  /** `{ parts, query }`, as `route.current()` gives it. */
  set route(value) {
    this.#route = value;
    if (this.isConnected) this.#show();
  }

  start() {
    if (this.#route) this.#show();
  }

  async #show() {
    const {
      parts: [, id, section],
      query,
    } = this.#route;
    if (id !== this.#made) this.#made = null; // offered an introduction once, and not again on coming back
    if (!id) return this.#put("community-list", () => import("./community-list.js"));
    if (id === "new") return this.#putForm();
    const page = await this.#put("community-page", () => import("./community-page.js"), { "community-id": id });
    if (page) Object.assign(page, { isNew: this.#made === id, section: section ?? "videos", filters: query });
    return null;
  }

  /** The element, in the page; null if the address has gone on while its module was fetched. */
  async #put(name, fetched, attributes = {}) {
    const shown = this.#route;
    const isThere = await importOrReload(name, fetched).catch(() => null);
    if (this.#route !== shown || !this.isConnected) return null;
    if (!isThere) return this.shadowRoot.replaceChildren(loadError());
    const found = this.find(name);
    if (found && Object.entries(attributes).every(([key, value]) => found.getAttribute(key) === value)) return found;
    const made = h(name, attributes);
    this.shadowRoot.replaceChildren(made);
    return made;
  }

  async #putForm() {
    const shown = this.#route;
    const isThere = await importOrReload("community-form", () => import("./community-form.js")).catch(() => null);
    if (this.#route !== shown || !this.isConnected || this.find(".new")) return;
    if (!isThere) return this.shadowRoot.replaceChildren(loadError());
    document.title = "New community · Keepreel";
    this.shadowRoot.replaceChildren(
      h(
        "div",
        { class: "new" },
        h(
          "div",
          {},
          h("a", { class: "back", href: route.address("communities") }, "Communities"),
          h("h1", {}, "New community"),
        ),
        h("community-form", { "oncommunity-saved": ({ detail }) => this.#goTo(detail.community) }),
      ),
    );
  }

  #goTo({ id }) {
    this.#made = id;
    location.hash = route.address("communities", id);
  }
}

customElements.define(element, CommunityView);
