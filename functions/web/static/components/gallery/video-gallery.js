/** An owner's videos: a grid that lives, filters, a search, and what can be done with each. Galleries extend it. */

import * as api from "../../data/api.js";
import { LivingList } from "../../data/video-feed.js";
import { filters } from "../../data/video-query.js";
import { announce, h, icon, present, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { short, title } from "../../lib/format.js";
import { VideoActions } from "./video-actions.js";
import "./card-grid.js";
import "./filter-bar.js";

const style = sheet(`
section { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
.head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; min-height: 2.75rem; }
.head > :first-child { border-radius: 0.3rem; }
[role="alert"]:empty { margin-top: -1rem; }
.notice { align-items: center; }
.notice button { margin-inline-start: auto; flex: none; background: none; color: inherit; border-color: currentColor; }
.none { display: grid; justify-items: center; gap: 0.5rem; padding: clamp(2rem, 6vw, 4rem) 1rem; border: 1px dashed var(--line); border-radius: var(--round); text-align: center; }
.none[data-kind=""], .none:empty { display: none; }
.none button { margin-top: 0.6rem; }
.none .icon { width: 2rem; height: 2rem; color: var(--quiet); }
.more { display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: 0.5rem 1rem; }
`);

const ENDINGS = { completed: "Completed", failed: "Failed", canceled: "Canceled" };

export class VideoGallery extends Element {
  static sheets = [style];
  #filters = filters({});
  #search = "";
  #isLoaded = false;
  #news = [];
  #list = null;
  #actions = null;
  #parts = null;

  // What galleries differ in.

  /** Where the videos are. */
  get folder() {
    return api.folder(null);
  }
  get heading() {
    return "Videos";
  }
  get headingLevel() {
    return 2;
  }
  /** Nodes beside the heading. */
  actions() {
    return [];
  }
  /** What can be chosen by: `[{ name: "type", label: "Type", choices: [["", "All"], ["promo", "Promo"]], isList: false }]`. */
  chips() {
    return [];
  }
  /** Nodes, for as long as there is no video. */
  nothingYet() {
    return [
      h("h3", {}, "Nothing here yet"),
      h("p", { class: "quiet" }, "Videos appear here as soon as they are asked for."),
    ];
  }
  titleOf(video) {
    return title(video);
  }

  start() {
    this.#isLoaded = false;
    this.#search = "";
    this.#list = new LivingList(
      this.folder,
      {
        change: () => this.#render(),
        end: (video) => this.#end(video),
        gone: (video) => this.tell("video-deleted", { video }),
        line: (isThere) => {
          this.#parts.offline.hidden = isThere;
        },
      },
      this.signal,
    );
    this.#actions = new VideoActions(this);
    this.#parts = this.#build();
    document.addEventListener("keydown", (event) => this.#press(event), { signal: this.signal });
    addEventListener(
      "online",
      () => {
        if (!this.#isLoaded) this.reload();
      },
      { signal: this.signal },
    );
    this.reload();
  }

  /** `{ status, type, model }`, each a word or undefined; anything else in what is set is left out. */
  get filters() {
    return this.#filters;
  }
  set filters(query) {
    const chosen = filters(query);
    if (JSON.stringify(chosen) === JSON.stringify(this.#filters)) return;
    this.#filters = chosen;
    if (this.isConnected) this.reload();
  }

  /** On top, where they belong to what is chosen; the unfinished are followed. */
  add(videos) {
    this.#list?.add(videos);
  }

  /** From the first page on. What is shown stays until that has come. */
  reload() {
    this.#parts.bar.filters = this.#filters;
    return this.#wait(() =>
      this.#list.load(this.#filters).then(() => {
        this.#isLoaded = true;
      }),
    );
  }

  get grid() {
    return this.#parts.grid;
  }

  focusHeading() {
    this.#parts.heading.focus();
  }

  async #more() {
    const before = new Set(this.#list.videos.map((it) => it.id));
    await this.#wait(() => this.#list.more());
    const first = this.#found().findIndex((it) => !before.has(it.id));
    if (first >= 0) this.grid.focusAt(first);
  }

  /** Until that has been answered; says why where it was not, and lets it be tried again. */
  async #wait(ask) {
    const { grid, wrong, more } = this.#parts;
    if (!this.#isLoaded) grid.showSkeletons();
    grid.isBusy = more.disabled = true;
    try {
      await ask();
      wrong.replaceChildren();
    } catch (error) {
      if (api.isAborted(error)) return; // another question has taken its place
      if (!this.#isLoaded) grid.show([]);
      const again = () => {
        wrong.replaceChildren();
        this.#wait(ask);
      };
      wrong.replaceChildren(
        h(
          "div",
          { class: "notice bad" },
          icon("warning"),
          h("span", {}, error.message),
          h("button", { type: "button", class: "chip", onclick: again }, "Try again"),
        ),
      );
    }
    grid.isBusy = more.disabled = false;
    this.#render();
  }

  #end(video) {
    // Unless the page around says it already.
    if (this.tell("video-ended", { video })) this.#news.push(`${ENDINGS[video.status]}: ${short(this.titleOf(video))}`);
    if (video.status === "completed") this.tell("video-completed", { video });
  }

  /** Of what is loaded, what has all the words of the search. */
  #found() {
    const words = this.#search.toLowerCase().split(/\s+/).filter(Boolean);
    return this.#list.videos.filter((it) => {
      const text = [this.titleOf(it), it.prompt, it.final_prompt, it.model].join("\n").toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }

  #render() {
    if (!this.#isLoaded) return;
    const found = this.#found();
    this.grid.show(found, (video) => this.titleOf(video));
    this.#actions.renew(this.#list.videos);
    this.#sayHowMany(found);
    this.#parts.more.hidden = !this.#list.hasMore;
    if (this.#news.length > 0) announce(this.#parts.live, this.#news.splice(0).join(". "));
  }

  #sayHowMany(found) {
    const { none, count } = this.#parts;
    const isChosen = this.#search.trim() !== "" || Object.values(this.#filters).some(Boolean);
    const kind = found.length > 0 ? "" : isChosen || this.#list.hasMore ? "no match" : "nothing yet";
    if (none.dataset.kind !== kind)
      none.replaceChildren(...present([kind && (kind === "no match" ? this.#noMatch() : this.nothingYet())]));
    none.dataset.kind = kind;
    const loaded = this.#list.videos.length;
    const videos = loaded === 1 ? "video" : "videos";
    count.textContent = this.#search.trim()
      ? `Searched the ${loaded} loaded ${videos}, found ${found.length}`
      : loaded > 0
        ? `${loaded} ${videos} shown`
        : "";
  }

  #noMatch() {
    return [
      h("h3", {}, "No video matches"),
      h(
        "p",
        { class: "quiet" },
        this.#search.trim()
          ? "None of the loaded videos has these words."
          : "Choose something else, or look at all of them.",
      ),
      h("button", { type: "button", onclick: () => this.#clear() }, "Clear filters"),
    ];
  }

  #clear() {
    this.#search = this.#parts.bar.text = "";
    this.#choose({});
    this.#render();
    this.focusHeading();
  }

  #choose(query) {
    this.filters = query;
    this.tell("filters-changed", this.#filters);
  }

  /** `/` leads to the search, from wherever nothing is being typed. */
  #press(event) {
    const isTyping = event
      .composedPath()
      .some((it) => it.matches?.("input, textarea, select, dialog, [contenteditable]"));
    if (
      event.key !== "/" ||
      event.defaultPrevented ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      isTyping ||
      !this.checkVisibility()
    )
      return;
    event.preventDefault();
    this.#parts.bar.focusSearch();
  }

  #build() {
    const parts = {
      heading: h(`h${this.headingLevel}`, { id: "heading", tabindex: "-1" }, this.heading),
      bar: h("filter-bar", {
        groups: this.chips(),
        "onfilter-chosen": ({ detail }) => this.#choose({ ...this.#filters, [detail.name]: detail.value }),
      }),
      offline: h(
        "p",
        { class: "notice", role: "status", hidden: navigator.onLine },
        "You are offline. The list goes on by itself when you are back.",
      ),
      wrong: h("div", { role: "alert" }),
      none: h("div", { class: "none" }),
      grid: h("card-grid", { label: this.heading, "onvideo-action": (event) => this.#actions.take(event) }),
      count: h("span", { class: "quiet small", role: "status" }),
      more: h("button", { type: "button", hidden: true, onclick: () => this.#more() }, "Load more"),
      live: h("div", { class: "unseen", "aria-live": "polite" }),
    };
    const { heading, bar, offline, wrong, none, grid, count, more, live } = parts;
    bar.addEventListener("search", ({ detail }) => {
      this.#search = detail.text;
      this.#render();
    });
    this.shadowRoot.replaceChildren(
      h(
        "section",
        { "aria-labelledby": "heading" },
        h("div", { class: "head" }, heading, h("div", { class: "row" }, this.actions())),
        bar,
        offline,
        wrong,
        none,
        grid,
        h("div", { class: "more" }, count, more),
        live,
      ),
    );
    return parts;
  }
}
