/** A gallery of an owner's videos: a live grid with filters, search and actions. Base class of both galleries. */

import * as api from "../../data/api.js";
import { matchesSearch } from "../../data/search.js";
import { VideoList } from "../../data/video-list.js";
import { parseFilters } from "../../data/video-query.js";
import { announce, flatten, h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { STATUSES, truncate, videoTitle } from "../../lib/format.js";
import { onSearchKey } from "../../lib/search-key.js";
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

export class VideoGallery extends Element {
  static sheets = [style];
  /** @type {VideoFilters} */
  #filters = parseFilters({});
  #search = "";
  #isLoaded = false;
  /** @type {string[]} */
  #announcements = [];
  /** @type {VideoList | null} */
  #list = null;
  #actions = null;
  #parts = null;

  // What the galleries override.

  get path() {
    return api.videosPath(null);
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
  /** The filters: `[{ name: "type", label: "Type", choices: [["", "All"], ["promo", "Promo"]], isSelect: false }]`. */
  filterGroups() {
    return [];
  }
  /**
   * The empty state.
   *
   * @returns {Node[]}
   */
  emptyState() {
    return [];
  }
  titleOf(video) {
    return videoTitle(video);
  }

  start() {
    this.#isLoaded = false;
    this.#search = "";
    const callbacks = {
      onChange: () => this.#render(),
      onEnd: (video) => this.#onEnd(video),
      onRemove: (video) => this.emit("video-deleted", { video }),
      onConnection: (isOnline) => {
        this.#parts.offline.hidden = isOnline;
      },
    };
    this.#list = new VideoList(this.path, callbacks, this.signal);
    this.#actions = new VideoActions(this);
    this.#parts = this.#build();
    onSearchKey(this, () => this.#parts.bar.focusSearch(), this.signal);
    const onOnline = () => !this.#isLoaded && this.reload();
    addEventListener("online", onOnline, { signal: this.signal });
    this.reload();
  }

  /** The selected filters. Invalid ones are ignored when they are set. */
  get filters() {
    return this.#filters;
  }
  set filters(query) {
    const filters = parseFilters(query);
    if (JSON.stringify(filters) === JSON.stringify(this.#filters)) return;
    this.#filters = filters;
    if (this.isConnected) this.reload();
  }

  /** Add or update videos. They are listed if they match the filters. */
  add(videos) {
    this.#list?.add(videos);
  }

  /** Load the first page. The current videos stay until it has arrived. */
  reload() {
    this.#parts.bar.filters = this.#filters;
    return this.#wait(async () => {
      await this.#list.load(this.#filters);
      this.#isLoaded = true;
    });
  }

  get grid() {
    return this.#parts.grid;
  }

  focusHeading() {
    this.#parts.heading.focus();
  }

  async #loadMore() {
    const before = new Set(this.#list.videos.map((it) => it.id));
    await this.#wait(() => this.#list.loadMore());
    const index = this.#found().findIndex((it) => !before.has(it.id));
    if (index >= 0) this.grid.focusAt(index);
  }

  /** Show that the gallery is busy while `load` runs, and its error with a button to try again. */
  async #wait(load) {
    const { grid, error: place, more } = this.#parts;
    if (!this.#isLoaded) grid.showSkeletons();
    grid.isBusy = more.disabled = true;
    try {
      await load();
      place.replaceChildren();
    } catch (error) {
      if (api.isAborted(error)) return; // a newer request replaced this one
      if (!this.#isLoaded) grid.show([]);
      const onclick = () => {
        place.replaceChildren();
        this.#wait(load);
      };
      const button = h("button", { type: "button", class: "chip", onclick }, "Try again");
      place.replaceChildren(h("div", { class: "notice bad" }, icon("warning"), h("span", {}, error.message), button));
    }
    grid.isBusy = more.disabled = false;
    this.#render();
  }

  /** @param {Video} video */
  #onEnd(video) {
    // A listener calls preventDefault if it announces the video itself.
    const isUnannounced = this.emit("video-ended", { video });
    if (isUnannounced) this.#announcements.push(`${STATUSES[video.status].label}: ${truncate(this.titleOf(video))}`);
    if (video.status === "completed") this.emit("video-completed", { video });
  }

  #found() {
    return this.#list.videos.filter((it) => matchesSearch(it, this.titleOf(it), this.#search));
  }

  #render() {
    if (!this.#isLoaded) return;
    const found = this.#found();
    this.grid.show(found, (video) => this.titleOf(video));
    this.#actions.update(this.#list.videos);
    this.#renderCount(found);
    this.#parts.more.hidden = !this.#list.hasMore;
    if (this.#announcements.length > 0) announce(this.#parts.live, this.#announcements.splice(0).join(". "));
  }

  #renderCount(found) {
    const { none, count } = this.#parts;
    const isSearch = this.#search.trim() !== "";
    const isFiltered = isSearch || Object.values(this.#filters).some(Boolean);
    const kind = found.length > 0 ? "" : isFiltered || this.#list.hasMore ? "no match" : "empty";
    if (none.dataset.kind !== kind)
      none.replaceChildren(...flatten([kind && (kind === "no match" ? this.#noMatch() : this.emptyState())]));
    none.dataset.kind = kind;
    const loaded = this.#list.videos.length;
    const videos = loaded === 1 ? "video" : "videos";
    const shown = loaded > 0 ? `${loaded} ${videos}` : "";
    count.textContent = isSearch ? `${found.length} of ${loaded} loaded ${videos}` : shown;
  }

  #noMatch() {
    const text = this.#search.trim() ? "No loaded video contains these words." : "Try other filters, or clear them.";
    return [
      h("h3", {}, "No matching videos"),
      h("p", { class: "quiet" }, text),
      h("button", { type: "button", onclick: () => this.#clear() }, "Clear filters"),
    ];
  }

  #clear() {
    this.#search = this.#parts.bar.text = "";
    this.#setFilters({});
    this.#render();
    this.focusHeading();
  }

  #setFilters(query) {
    this.filters = query;
    this.emit("filters-changed", this.#filters);
  }

  #build() {
    const offline = "You are offline. The list updates when you are back online.";
    const onFilter = ({ detail }) => this.#setFilters({ ...this.#filters, [detail.name]: detail.value });
    const parts = {
      heading: h(`h${this.headingLevel}`, { id: "heading", tabindex: "-1" }, this.heading),
      bar: h("filter-bar", { groups: this.filterGroups(), "onfilter-chosen": onFilter }),
      offline: h("p", { class: "notice", role: "status", hidden: navigator.onLine }, offline),
      error: h("div", { role: "alert" }),
      none: h("div", { class: "none" }),
      grid: h("card-grid", { label: this.heading, "onvideo-action": (event) => this.#actions.handle(event) }),
      count: h("span", { class: "quiet small", role: "status" }),
      more: h("button", { type: "button", hidden: true, onclick: () => this.#loadMore() }, "Load more"),
      live: h("div", { class: "visually-hidden", "aria-live": "polite" }),
    };
    parts.bar.addEventListener("search", ({ detail }) => {
      this.#search = detail.text;
      this.#render();
    });
    const head = h("div", { class: "head" }, parts.heading, h("div", { class: "row" }, this.actions()));
    const foot = h("div", { class: "more" }, parts.count, parts.more);
    const { bar, error, none, grid, live } = parts;
    const section = h(
      "section",
      { "aria-labelledby": "heading" },
      head,
      bar,
      parts.offline,
      error,
      none,
      grid,
      foot,
      live,
    );
    this.shadowRoot.replaceChildren(section);
    return parts;
  }
}
