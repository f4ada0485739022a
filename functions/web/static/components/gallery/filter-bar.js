/** Filters and search of a gallery. Emits `filter-chosen` {name, value} and `search` {text}. */

import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import "./filter-chips.js";

const style = sheet(`
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem 1rem; }
.chips { display: contents; }
.rest { display: flex; flex: 1 1 20rem; gap: 0.6rem; justify-content: flex-end; min-width: 0; }
.rest label { flex: 0 1 12rem; min-width: 0; }
select { border-color: var(--line); border-radius: 999px; font-size: 0.9375rem; font-weight: 400; text-overflow: ellipsis; }
.search { position: relative; flex: 0 1 17rem; }
.search .icon { position: absolute; inset: 0 auto 0 0.9rem; margin: auto; color: var(--quiet); pointer-events: none; }
.search input { padding-inline: 2.5rem 2.2rem; border-color: var(--line); border-radius: 999px; font-size: 0.9375rem; }
.search kbd { position: absolute; inset: 0 0.8rem 0 auto; width: 1.4rem; height: 1.4rem; margin: auto; border: 1px solid var(--line); border-radius: 0.35rem; color: var(--quiet); font: 0.75rem/1.3rem ui-monospace, monospace; text-align: center; pointer-events: none; }
.search input:not(:placeholder-shown) ~ kbd, .search input:focus ~ kbd { display: none; }
@media (max-width: 40rem) {
  filter-chips { flex: 1 0 100%; }
  .rest { flex-wrap: wrap; }
  .rest label { flex: 0 1 9rem; }
  .search { flex: 1 1 9rem; }
  .search input { padding-inline-end: 0.6rem; }
  .search kbd { display: none; }
}
@media (pointer: coarse) { .search kbd { display: none; } }
`);

class FilterBar extends Element {
  static sheets = [style];
  #groups = new Map(); // the chips or the select, by name
  #filters = {};
  #input = h("input", {
    type: "search",
    placeholder: "Search prompts",
    "aria-label": "Search prompts",
    autocomplete: "off",
    spellcheck: "false",
  });

  /** `[{ name, label, choices, isSelect }]`. `choices` are pairs of a value and a label, or a promise of them. */
  set groups(groups) {
    this.#groups = new Map(
      groups.map((group) => [group.name, group.isSelect ? this.#select(group) : this.#chips(group)]),
    );
    const selects = groups
      .filter((it) => it.isSelect)
      .map((it) => h("label", {}, h("span", { class: "visually-hidden" }, it.label), this.#groups.get(it.name)));
    this.#input.addEventListener("input", () => this.emit("search", { text: this.#input.value }));
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.shadowRoot.replaceChildren(
      h(
        "div",
        { class: "bar" },
        groups.filter((it) => !it.isSelect).map((it) => this.#groups.get(it.name)),
        h(
          "div",
          { class: "rest" },
          selects,
          h(
            "div",
            { class: "search", role: "search" },
            icon("search"),
            this.#input,
            h("kbd", { "aria-hidden": "true" }, "/"),
          ),
        ),
      ),
    );
  }

  /** The selected values by name. */
  set filters(filters) {
    this.#filters = filters;
    for (const [name, control] of this.#groups) control.value = filters[name] ?? "";
  }

  get text() {
    return this.#input.value;
  }
  set text(text) {
    this.#input.value = text;
  }

  focusSearch() {
    this.#input.focus();
    this.#input.select();
  }

  #chips({ name, label, choices }) {
    return h("filter-chips", {
      label,
      choices,
      "onchoice-changed": ({ detail }) => this.emit("filter-chosen", { name, value: detail.value }),
    });
  }

  #select({ name, choices }) {
    const select = h("select", { onchange: () => this.emit("filter-chosen", { name, value: select.value }) });
    const fill = (pairs) => {
      select.replaceChildren(...pairs.map(([value, label]) => h("option", { value }, label)));
      select.value = this.#filters[name] ?? "";
    };
    Promise.resolve(choices).then(fill, () => {}); // the select stays empty
    return select;
  }

  #onKey(event) {
    if (event.key !== "Escape" || !this.text) return;
    event.stopPropagation();
    this.text = "";
    this.emit("search", { text: "" });
  }
}

customElements.define("filter-bar", FilterBar);
