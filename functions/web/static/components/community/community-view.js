/** The communities views: the list, the form for a new one, and the page of one. */

import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { importOrReload } from "../../lib/lazy-import.js";
import { loadError } from "../../lib/load-error.js";
import * as router from "../../lib/router.js";

export const element = "community-view";

const style = sheet(`
.new { display: grid; gap: 1.25rem; max-width: 44rem; margin: 0 auto; }
.back { display: inline-flex; align-items: center; min-height: 2.75rem; text-decoration: none; }
`);

class CommunityView extends Element {
  static sheets = [style];
  #route = null;
  #createdId = null; // of the community that was just created

  /** `{ parts, query }`, as `router.currentRoute()` gives it. */
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
    if (id !== this.#createdId) this.#createdId = null; // the intro video is offered once, not again when the user returns
    if (!id) return this.#put("community-list", () => import("./community-list.js"));
    if (id === "new") return this.#putForm();
    const page = await this.#put("community-page", () => import("./community-page.js"), { "community-id": id });
    if (page) Object.assign(page, { isNew: this.#createdId === id, section: section ?? "videos", filters: query });
    return null;
  }

  /** Show an element and return it, or null if the user navigated on during the import. */
  async #put(name, load, attributes = {}) {
    const route = this.#route;
    const module = await importOrReload(name, load).catch(() => null);
    if (this.#route !== route || !this.isConnected) return null;
    if (!module) return this.shadowRoot.replaceChildren(loadError());
    const found = this.find(name);
    if (found && Object.entries(attributes).every(([key, value]) => found.getAttribute(key) === value)) return found;
    const node = h(name, attributes);
    this.shadowRoot.replaceChildren(node);
    return node;
  }

  async #putForm() {
    const route = this.#route;
    const module = await importOrReload("community-form", () => import("./community-form.js")).catch(() => null);
    if (this.#route !== route || !this.isConnected || this.find(".new")) return;
    if (!module) return this.shadowRoot.replaceChildren(loadError());
    document.title = "New community · Keepreel";
    this.shadowRoot.replaceChildren(
      h(
        "div",
        { class: "new" },
        h(
          "div",
          {},
          h("a", { class: "back", href: router.viewHash("communities") }, "Communities"),
          h("h1", {}, "New community"),
        ),
        h("community-form", { "oncommunity-saved": ({ detail }) => this.#goTo(detail.community) }),
      ),
    );
  }

  #goTo({ id }) {
    this.#createdId = id;
    location.hash = router.viewHash("communities", id);
  }
}

customElements.define(element, CommunityView);
