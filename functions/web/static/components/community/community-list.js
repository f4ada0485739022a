/** The user's communities as cards, with a link to create one. */

import * as api from "../../data/api.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import * as router from "../../lib/router.js";
import "../common/community-avatar.js";

const PAGE_SIZE = 24;

const style = sheet(`
:host { display: grid; gap: 1.25rem; }
header { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.75rem; }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); gap: 1rem; margin: 0; padding: 0; list-style: none; }
.card { display: flex; align-items: center; gap: 0.9rem; height: 100%; color: inherit; text-decoration: none; transition: border-color 120ms, box-shadow 120ms; }
.card:hover { border-color: var(--accent); box-shadow: var(--shade); }
.card > div { display: grid; gap: 0.15rem; min-width: 0; }
.card h2 { font-size: 1.0625rem; overflow-wrap: anywhere; }
.card p { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.badge { justify-self: start; max-width: 100%; margin-top: 0.2rem; overflow: hidden; text-overflow: ellipsis; }
community-avatar { width: 4rem; height: 4rem; }
.skeleton { height: 6.5rem; border-radius: var(--round); }
.empty { display: grid; justify-items: center; gap: 0.75rem; padding: clamp(2rem, 8vw, 4.5rem) 1rem; text-align: center; }
.empty p { max-width: 30rem; }
.empty .mark { display: grid; place-items: center; width: 4rem; height: 4rem; border-radius: 28%; background: var(--tint); color: var(--accent); font-size: 1.35rem; }
.more { justify-self: center; }
`);

class CommunityList extends Element {
  static sheets = [style];
  #cursor = null;
  #list = h("ul", { "aria-label": "Communities" });
  #empty = h(
    "div",
    { class: "panel empty", hidden: true },
    h("span", { class: "mark" }, icon("user")),
    h("h2", {}, "No communities yet"),
    h(
      "p",
      { class: "quiet" },
      "A community is a bot with a name, an avatar and optionally a token. Its intro, promo and token reveal videos are generated from these details.",
    ),
    h(
      "a",
      { class: "button main", href: router.viewHash("communities", "new") },
      icon("plus"),
      "Create your first community",
    ),
  );
  #notice = h("div", { class: "notice bad", role: "alert", hidden: true });
  #more = h("button", { type: "button", class: "more", hidden: true, onclick: () => this.#load() }, "Load more");

  start() {
    document.title = "Communities · Keepreel";
    this.shadowRoot.replaceChildren(
      h(
        "header",
        {},
        h("h1", {}, "Communities"),
        h("a", { class: "button", href: router.viewHash("communities", "new") }, icon("plus"), "New community"),
      ),
      this.#notice,
      this.#list,
      this.#empty,
      this.#more,
    );
    this.#cursor = null;
    this.#list.replaceChildren(...[1, 2, 3].map(() => h("li", { class: "skeleton", "aria-hidden": "true" })));
    this.#load();
  }

  async #load() {
    this.#more.disabled = true;
    this.#notice.hidden = true;
    try {
      this.#show(await api.communities({ limit: PAGE_SIZE, cursor: this.#cursor }, this.signal));
    } catch (error) {
      if (this.signal.aborted) return;
      this.#list.querySelectorAll(".skeleton").forEach((it) => it.remove());
      this.#notice.replaceChildren(
        error.message,
        " ",
        h("button", { type: "button", class: "chip", onclick: () => this.#load() }, "Try again"),
      );
      this.#notice.hidden = false;
    } finally {
      this.#more.disabled = false;
    }
  }

  #show({ communities, next_cursor: cursor }) {
    const isFirst = this.#cursor === null;
    const cards = communities.map(card);
    if (isFirst) this.#list.replaceChildren(...cards);
    else this.#list.append(...cards);
    this.#cursor = cursor;
    this.#more.hidden = cursor === null;
    this.#empty.hidden = !isFirst || communities.length > 0;
    this.find("header a").hidden = !this.#empty.hidden;
    if (!isFirst) cards[0]?.firstElementChild.focus();
  }
}

function card(community) {
  const { id, name, agent_name: agent, token_symbol: symbol, token_name: token } = community;
  return h(
    "li",
    {},
    h(
      "a",
      { class: "panel card", href: router.viewHash("communities", id) },
      h("community-avatar", { community }),
      h(
        "div",
        {},
        h("h2", {}, name),
        agent && h("p", { class: "quiet small" }, agent),
        (symbol || token) && h("span", { class: "badge", title: token ?? undefined }, symbol ?? token),
      ),
    ),
  );
}

customElements.define("community-list", CommunityList);
