/** The video generator: the form, and the stage that shows new videos. */

import * as api from "../../data/api.js";
import { session } from "../../data/session.js";
import { h, sheet } from "../../lib/dom.js";
import { receiveImages } from "../../lib/drop-and-paste.js";
import { Element } from "../../lib/element.js";
import { isFinished } from "../../lib/format.js";
import "./user-video-form.js";
import "./video-stage.js";

const MAX_UNFINISHED = 20; // looked for after a reload

const style = sheet(`
:host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; scroll-margin-top: 4.5rem; }
.columns { display: grid; grid-template-columns: minmax(0, 1.05fr) minmax(0, 1fr); gap: clamp(1rem, 3vw, 2rem); align-items: start; }
:host(.aimed) user-video-form::part(panel) { outline: 2px dashed var(--accent); outline-offset: 3px; background: var(--tint); }
video-stage { position: sticky; top: 4.5rem; scroll-margin: 4.5rem 0 1rem; }
@media (max-width: 56rem) { .columns { grid-template-columns: minmax(0, 1fr); } video-stage { position: static; } }
`);

class VideoGenerator extends Element {
  static sheets = [style];
  #isLoaded = false;
  #form = h("user-video-form", {
    display: (videos) => this.#show(videos),
    "onpreview-changed": ({ detail }) => this.#stage.preview(detail),
  });
  #stage = h("video-stage", {
    "onvideo-finished": () => this.#form.update(),
    "onvideos-created": () => this.#form.update(),
    "onvideo-remix": (event) => {
      event.stopPropagation();
      this.remix(event.detail.video);
    },
    "oncreate-another": () => this.#form.focus(),
  });

  start() {
    this.shadowRoot.replaceChildren(
      h("h1", {}, "Video Generator"),
      h("div", { class: "columns" }, this.#form, this.#stage),
    );
    receiveImages(this, (file) => this.#form.chooseImage(file), this.signal);
    session.addEventListener("change", () => this.#load(), { signal: this.signal });
    const onOnline = () => !this.#isLoaded && this.#load();
    addEventListener("online", onOnline, { signal: this.signal });
    this.#load();
  }

  focus(options) {
    this.#form.focus(options);
  }

  /** Whether the stage shows this video and announces its result. */
  shows({ id }) {
    return this.#stage.has(id);
  }

  /** Fill the form in from a video. */
  remix(video) {
    this.#form.remix(video);
    this.scrollIntoView({ block: "start" });
    this.#form.focus({ preventScroll: true });
  }

  async #load() {
    if (!session.email) return;
    this.#form.showNotice(null);
    try {
      await this.#form.load();
      await Promise.all([this.#form.resend(), this.#showUnfinished()]);
      this.#isLoaded = true;
    } catch (error) {
      if (!this.signal.aborted) this.#form.showNotice(error.message, () => this.#load());
    }
  }

  async #showUnfinished() {
    const { videos } = await api.videos(api.videosPath(), { limit: MAX_UNFINISHED }, this.signal);
    const unfinished = videos.filter((it) => !isFinished(it));
    if (unfinished.length) await this.#stage.show(unfinished);
  }

  async #show(videos) {
    await this.#stage.show(videos);
    this.#stage.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("video-generator", VideoGenerator);
