/** The videos that were asked for just now: how they are getting on, and each of them once it is there. */

import { session } from "../../data/session.js";
import { follow } from "../../data/video-poller.js";
import { announce, h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { isFinished, title } from "../../lib/format.js";
import "./video-player.js";
import "./video-progress.js";

const style = sheet(`
:host { outline: none; }
ul { display: grid; gap: 1.5rem; margin: 0; padding: 1.25rem clamp(1rem, 4vw, 1.5rem); list-style: none; }
li { display: grid; gap: 0.75rem; min-width: 0; }
h3 { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; overflow-wrap: anywhere; }
video-player { --tallest: 42dvh; } /* so that its buttons are seen above the footer */
footer { position: sticky; bottom: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.75rem; padding: 0.9rem clamp(1rem, 4vw, 1.5rem); border-top: 1px solid var(--line); background: var(--surface); }
footer p { flex: 1 1 16rem; }
`);

class CreationStage extends Element {
  static sheets = [style];
  #items = new Map(); // by id: the video, and what shows it
  #list = h("ul");
  #hint = h("p", { class: "small quiet" });
  #region = h("p", { class: "unseen", role: "status", "aria-live": "polite" });

  constructor() {
    super();
    this.addEventListener("videos-created", ({ detail }) => this.#replaceFailed(detail.videos));
    this.addEventListener("video-changed", ({ detail }) => this.#show(detail.video));
    this.shadowRoot.append(
      this.#region,
      this.#list,
      h(
        "footer",
        {},
        this.#hint,
        h("button", { type: "button", onclick: () => this.tell("create-another") }, icon("plus"), "Create another"),
      ),
    );
  }

  start() {
    this.tabIndex = -1; // takes the focus from the form's button, which is gone
    session.addEventListener("change", () => this.videos.forEach((video) => this.#remove(video)), {
      signal: this.signal,
    });
    this.videos.forEach((video) => this.#follow(video));
  }

  get videos() {
    return [...this.#items.values()].map((it) => it.video);
  }

  /** Set once; they are followed to their ends, also while the dialog is closed, but not once this is out of the page. */
  set videos(videos) {
    videos.forEach((video) => this.#add(video));
  }

  #add(video) {
    const row = h("li");
    this.#list.append(row);
    this.#items.set(video.id, { video, row });
    this.#show(video);
    if (this.isConnected) this.#follow(video);
  }

  #follow(video) {
    follow(video, (it) => (it ? this.#show(it) : this.#remove(video)), this.signal);
  }

  /** A failed one is asked for again by the progress, and the new one takes its place. */
  #replaceFailed(videos) {
    for (const { video } of [...this.#items.values()])
      if (isFinished(video) && video.status !== "completed") this.#remove(video);
    videos.forEach((video) => this.#add(video));
  }

  #remove({ id }) {
    this.#items.get(id)?.row.remove();
    this.#items.delete(id);
    this.#say();
  }

  #show(video) {
    const item = this.#items.get(video.id);
    if (!item) return;
    const wasDone = item.isDone;
    Object.assign(item, { video, isDone: video.status === "completed" });
    if (item.isDone && !wasDone) this.#play(item);
    else if (!item.isDone) this.#progress(item);
    this.#say();
    if (!item.isDone || wasDone) return;
    announce(this.#region, `Ready: ${title(video)}`); // a gallery behind the dialog is not heard
    this.tell("video-completed", { video });
  }

  #play({ row, video }) {
    row.replaceChildren(h("h3", {}, title(video)), h("video-player", { video }));
  }

  #progress({ row, video }) {
    const shown = row.querySelector("video-progress");
    if (shown) shown.video = video;
    else row.replaceChildren(h("h3", {}, title(video)), h("video-progress", { video }));
  }

  #say() {
    this.#hint.textContent = this.videos.every(isFinished)
      ? ""
      : "You may close this: it goes on, and shows up among the videos.";
  }
}

customElements.define("creation-stage", CreationStage);
