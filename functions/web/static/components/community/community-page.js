/** The page of one community: header, a Videos tab and a Settings tab. */

import * as api from "../../data/api.js";
import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { importOrNotify } from "../../lib/lazy-import.js";
import * as router from "../../lib/router.js";
import "../gallery/bot-video-gallery.js";
import "../common/community-avatar.js";
import "../create/video-creation-dialog.js";

const TABS = { videos: "Videos", settings: "Settings" };

const style = sheet(`
:host { display: grid; gap: 1.25rem; }
header { display: flex; align-items: center; gap: 1rem; }
header > div { display: grid; gap: 0.1rem; min-width: 0; overflow-wrap: anywhere; }
community-avatar { width: clamp(4rem, 3rem + 4vw, 5.5rem); height: clamp(4rem, 3rem + 4vw, 5.5rem); }
.back { display: inline-flex; align-items: center; min-height: 2.75rem; text-decoration: none; justify-self: start; }
[role="tablist"] { display: flex; gap: 0.25rem; border-bottom: 1px solid var(--line); }
[role="tab"] { min-height: 2.75rem; padding: 0 0.9rem; border: 0; border-radius: 0.5rem 0.5rem 0 0; background: none; color: var(--quiet); }
[role="tab"][aria-selected="true"] { color: var(--text); box-shadow: inset 0 -2px var(--accent); }
.settings { max-width: 44rem; }
.panels { display: grid; gap: 1.5rem; }
.skeleton { height: 5.5rem; border-radius: var(--round); }
`);

class CommunityPage extends Element {
  static sheets = [style];
  /** @type {Community | null} */
  #community = null;
  #section = "videos";
  #filters = {};
  #isNew = false;

  get #id() {
    return this.getAttribute("community-id");
  }

  /** Whether the community was just created. If so, an intro video is offered. */
  set isNew(value) {
    this.#isNew = value;
  }

  /** "videos" or "settings" */
  set section(name) {
    this.#section = Object.hasOwn(TABS, name) ? name : "videos";
    if (this.#community) this.#select(this.#section);
  }

  /** The gallery's filters, from the URL. */
  set filters(filters) {
    this.#filters = filters;
    const gallery = this.find("bot-video-gallery");
    if (gallery) gallery.filters = filters;
  }

  async start() {
    const back = h("a", { class: "back", href: router.viewHash("communities") }, "Communities");
    this.shadowRoot.replaceChildren(back, h("div", { class: "skeleton", "aria-hidden": "true" }));
    try {
      this.#community = await api.community(this.#id, this.signal);
      this.#render();
    } catch (error) {
      if (this.signal.aborted) return;
      this.shadowRoot.replaceChildren(
        back,
        h("h1", {}, "Community"),
        h(
          "div",
          { class: "notice bad", role: "alert" },
          error.message,
          error.status !== 404 &&
            h("button", { type: "button", class: "chip", onclick: () => this.start() }, "Try again"),
        ),
      );
    }
  }

  #render() {
    this.shadowRoot.replaceChildren(
      h("a", { class: "back", href: router.viewHash("communities") }, "Communities"),
      h("header", {}),
      h(
        "div",
        { role: "tablist", "aria-label": "Community", onkeydown: (event) => this.#move(event) },
        Object.entries(TABS).map(([name, label]) =>
          h(
            "button",
            {
              type: "button",
              role: "tab",
              id: `${name}-tab`,
              "aria-controls": name,
              "data-name": name,
              onclick: () => this.#choose(name),
            },
            label,
          ),
        ),
      ),
      h(
        "div",
        { role: "tabpanel", id: "videos", class: "panels", "aria-labelledby": "videos-tab" },
        h("bot-video-gallery", {
          "community-id": this.#id,
          filters: this.#filters,
          "onfilters-changed": ({ detail }) => router.replaceQuery(detail),
        }),
      ),
      h("div", { role: "tabpanel", id: "settings", class: "settings", "aria-labelledby": "settings-tab" }),
    );
    this.#renderHeader();
    this.#select(this.#section);
    if (this.#isNew) this.#offer("intro");
  }

  /** @returns {HTMLElement[]} */
  get #tabs() {
    return [...this.shadowRoot.querySelectorAll("[role=tab]")].map((it) => /** @type {HTMLElement} */ (it));
  }

  #renderHeader() {
    const { name, agent_name: agent, token_name: token, token_symbol: symbol } = this.#community;
    document.title = `${name} · Keepreel`;
    this.find("header").replaceChildren(
      h("community-avatar", { community: this.#community }),
      h(
        "div",
        {},
        h("h1", {}, name),
        h(
          "p",
          { class: "quiet" },
          [agent, [token, symbol && `(${symbol})`].filter(Boolean).join(" ")].filter(Boolean).join(" · "),
        ),
      ),
    );
  }

  #choose(name) {
    // No history entry, because a tab is not a page, and a new URL would move the focus.
    history.replaceState(
      history.state,
      "",
      router.viewHash("communities", this.#id, ...(name === "videos" ? [] : [name])),
    );
    if (name === "videos") router.replaceQuery(this.find("bot-video-gallery").filters);
    this.#section = name;
    this.#select(name);
  }

  #select(name) {
    for (const tab of this.#tabs) {
      const isChosen = tab.dataset.name === name;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      this.find(`#${tab.dataset.name}`).hidden = !isChosen;
    }
    if (name === "settings") this.#showForm();
  }

  async #showForm() {
    if (!(await importOrNotify(() => import("./community-form.js")))) return;
    const panel = this.find("#settings");
    if (panel && !panel.firstChild)
      panel.append(
        h("community-form", {
          "community-id": this.#id,
          "oncommunity-saved": ({ detail }) => this.#saved(detail.community),
        }),
      );
  }

  #saved(community) {
    const hadToken = Boolean(this.#community.token_symbol);
    this.#community = community;
    this.#renderHeader();
    if (!hadToken && community.token_symbol) this.#offer("token_reveal");
  }

  /** Show an offer above the videos. There is only one at a time. */
  #offer(type) {
    this.find("video-creation-dialog")?.remove();
    const offer = h("video-creation-dialog", {
      type,
      "community-id": this.#id,
      offer: true,
      "onvideos-created": ({ detail }) => this.find("bot-video-gallery").add(detail.videos),
    });
    this.find("#videos").prepend(offer);
  }

  #move(event) {
    const tabs = this.#tabs;
    const at = tabs.indexOf(event.target);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const tab = tabs.at(to % tabs.length);
    tab.focus();
    this.#choose(tab.dataset.name);
  }
}

customElements.define("community-page", CommunityPage);
