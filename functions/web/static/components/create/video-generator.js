/** Making a video: an image, a prompt and settings; the price before the click; and the stage on which it comes into being. */

import * as api from "../../data/api.js";
import { Pending } from "../../data/pending-request.js";
import { changes, draftOf } from "../../data/remix.js";
import { session } from "../../data/session.js";
import { Kept } from "../../data/tab-storage.js";
import { h, sheet } from "../../lib/dom.js";
import { receiveImages } from "../../lib/drop-and-paste.js";
import { Element } from "../../lib/element.js";
import { isFinished, title } from "../../lib/format.js";
import { onePress } from "../../lib/no-key-repeat.js";
import "./image-picker.js";
import "./more-options.js";
import "./price-line.js";
import "./prompt-field.js";
import "./video-settings.js";
import "./video-stage.js";

const FOLDER = api.folder();
const QUIET_MS = 1000; // after an acceptance: whoever presses so soon again has not seen it yet

const style = sheet(`
:host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; scroll-margin-top: 4.5rem; }
.columns { display: grid; grid-template-columns: minmax(0, 1.05fr) minmax(0, 1fr); gap: clamp(1rem, 3vw, 2rem); align-items: start; }
form { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
:host(.aimed) form { outline: 2px dashed var(--accent); outline-offset: 3px; background: var(--tint); }
video-stage { position: sticky; top: 4.5rem; scroll-margin: 4.5rem 0 1rem; }
.notice { flex-wrap: wrap; align-items: center; }
.notice > span { flex: 1 1 12rem; min-width: 0; }
.remixed > span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.go { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem 1rem; }
.go price-line { flex: 1 1 13rem; }
.go .main { min-height: 3rem; min-width: 9.5rem; }
@media (max-width: 56rem) { .columns { grid-template-columns: minmax(0, 1fr); } video-stage { position: static; } }
@media (max-width: 30rem) { .go .main { width: 100%; } }
`);

class VideoGenerator extends Element {
  static sheets = [style];
  #pending = new Pending("user");
  #written = new Kept("draft"); // what the form says, for when one comes back to it
  #remixed = null;
  #isLoaded = false;
  #isSending = false;
  #picker = h("image-picker", { "onimage-changed": () => this.#changed(), "onimage-uploaded": () => this.#write() });
  #prompt = h("prompt-field", {
    "onprompt-changed": () => this.#changed(),
    "onprompt-submitted": () => this.#generate(),
  });
  #settings = h("video-settings", { "default-for": "user", "onsettings-changed": () => this.#changed() });
  #options = h("more-options", { "onoptions-changed": () => this.#changed() });
  #remixLine = h("div", { class: "notice remixed", hidden: true });
  #notice = h("div", { class: "notice bad", role: "alert", hidden: true });
  #price = h("price-line", { id: "price", "onprice-known": () => this.#allow() });
  // The second click of a double click is never meant, however quick the first one's answer was.
  #button = h(
    "button",
    {
      class: "main",
      onclick: (event) => {
        if (event.detail > 1) event.preventDefault();
      },
    },
    "Generate",
  );
  #stage = h("video-stage", {
    "onvideo-finished": () => this.#update(),
    "onvideos-created": () => this.#update(),
    "onvideo-remix": (event) => {
      event.stopPropagation();
      this.remix(event.detail.video);
    },
    "onworks-cleared": () => this.#prompt.focus(),
  });
  #form = h(
    "form",
    {
      class: "panel",
      novalidate: true,
      "aria-label": "A new video",
      onkeydown: onePress,
      onsubmit: (event) => {
        event.preventDefault();
        this.#generate();
      },
    },
    this.#remixLine,
    this.#picker,
    this.#prompt,
    this.#settings,
    this.#options,
    this.#notice,
    h("div", { class: "go" }, this.#price, this.#button),
  );

  start() {
    this.shadowRoot.replaceChildren(
      h("h1", {}, "Video Generator"),
      h("div", { class: "columns" }, this.#form, this.#stage),
    );
    receiveImages(this, (file) => this.#picker.choose(file), this.signal);
    session.addEventListener("change", () => this.#load(), { signal: this.signal });
    addEventListener(
      "online",
      () => {
        if (!this.#isLoaded) this.#load();
      },
      { signal: this.signal },
    );
    this.#allow();
    this.#load();
  }

  focus(options) {
    this.#prompt.focus(options);
  }

  /** Whether it follows this video, and says what becomes of it. */
  follows({ id }) {
    return this.#stage.has(id);
  }

  /** Fills the form from a video, to ask for it again with something changed. */
  remix(video) {
    this.#draft = draftOf(video);
    this.scrollIntoView({ block: "start" });
    this.#prompt.focus({ preventScroll: true });
  }

  async #load() {
    if (!session.email) return;
    this.#say(null);
    try {
      this.#settings.models = await api.models();
      if (this.#written.value && !this.#prompt.text) this.#draft = this.#written.value;
      this.#update();
      await Promise.all([this.#sendAgain(), this.#takeUp()]);
      this.#isLoaded = true;
    } catch (error) {
      if (!this.signal.aborted) this.#say(error.message, () => this.#load());
    }
  }

  /** What was asked for before a reload and has no answer yet. */
  async #sendAgain() {
    const { kept } = this.#pending;
    if (!kept) return;
    this.#draft = kept.draft;
    if (!this.#pending.isAwaited)
      return this.#say("Your last request may not have arrived. Sent again, it makes no second video.", () =>
        this.#generate(),
      );
    await this.#sending(() => this.#pending.send(kept.path, kept.request, kept.draft));
  }

  /** What is still in the making, from before. */
  async #takeUp() {
    const { videos } = await api.videos(FOLDER, { limit: 20 }, this.signal);
    const unfinished = videos.filter((it) => !isFinished(it));
    if (unfinished.length) await this.#stage.show(unfinished);
  }

  async #generate() {
    if (this.#button.disabled) return;
    if (!this.#picker.isUsable) return this.#picker.focus();
    this.#showWrongs(null);
    if (!this.#prompt.text.trim()) {
      this.#prompt.wrong = "Write a prompt first, or choose a template.";
      return this.#prompt.focus();
    }
    import("../video/video-progress-list.js").catch(() => {}); // what will show it
    const { signal } = this;
    const asked = this.#asked();
    await this.#sending(async () => {
      const { path, request, draft } = await asked;
      signal.throwIfAborted(); // whoever signs out while a picture is on its way does not ask any more
      return this.#pending.send(path, request, draft);
    });
  }

  async #sending(ask) {
    const hadFocus = this.shadowRoot.activeElement === this.#button;
    this.#isSending = true;
    this.#allow();
    const remixed = this.#remixed;
    try {
      await this.#accept(await ask(), remixed);
      await api.pause(QUIET_MS, this.signal);
    } catch (error) {
      if (!this.signal.aborted) this.#showWrongs(error);
    } finally {
      this.#isSending = false;
      this.#allow();
      if (hadFocus && !this.shadowRoot.activeElement) this.#button.focus();
    }
  }

  async #accept(videos, remixed) {
    this.tell("videos-created", { videos });
    if (this.#remixed === remixed) this.#leaveRemix();
    this.#update(); // the price, since less is left now
    await this.#stage.show(videos);
    this.#stage.scrollIntoView({ block: "nearest" });
  }

  /** What is asked for as the form is now; its picture may still be on its way. `{ path, request, draft }`. */
  async #asked() {
    const { words } = this.#prompt;
    const remixed = this.#remixed;
    const draft = this.#draft;
    const asked = { prompt: this.#prompt.text.trim(), ...this.#options.value, ...this.#settings.value };
    const path = remixed?.links.remix ?? FOLDER;
    asked.source_image = await this.#picker.source();
    draft.source ??= this.#picker.draft; // uploaded only now
    if (remixed) return { path, request: changes(remixed, asked), draft };
    const { prompt, ...rest } = Object.fromEntries(Object.entries(asked).filter(([, it]) => it !== null));
    return { path, request: { ...words, ...rest }, draft };
  }

  get #draft() {
    return {
      ...this.#prompt.draft,
      options: this.#options.value,
      settings: this.#settings.value,
      source: this.#picker.draft,
      remixed: this.#remixed,
    };
  }

  set #draft({ text, template, options, settings, source, remixed }) {
    this.#leaveRemix();
    this.#remixed = remixed;
    this.#prompt.draft = { text, template };
    this.#options.value = options;
    this.#settings.value = settings;
    this.#picker.standIn = source;
    this.#showWrongs(null);
    if (remixed) this.#showRemix(remixed);
    this.#update();
  }

  #showRemix(video) {
    this.#remixLine.replaceChildren(
      h("span", {}, "Remix of ", h("strong", {}, title(video))),
      h(
        "button",
        {
          type: "button",
          class: "chip",
          onclick: () => {
            this.#leaveRemix();
            this.#update();
          },
        },
        "Leave the remix",
      ),
    );
    this.#remixLine.hidden = false;
  }

  #leaveRemix() {
    this.#remixed = null;
    this.#remixLine.hidden = true;
  }

  /** Somebody changed something: what was said of the last request holds no more. */
  #changed() {
    this.#write();
    if (!this.#notice.hidden) this.#say(null);
    this.#update();
  }

  #write() {
    if (this.#settings.value) this.#written.value = this.#draft;
  }

  /** The parts follow each other: the flow the image, the image the ratio, the price everything. */
  #update() {
    const flow = this.#picker.hasImage ? "image" : "text";
    this.#settings.flow = this.#prompt.flow = flow;
    const { model, value } = this.#settings;
    if (!model) return;
    this.#picker.ratio = value.aspect_ratio;
    this.#stage.preview({ ratio: value.aspect_ratio, url: this.#picker.url });
    this.#options.model = model;
    const isAskable = this.#prompt.text.trim() && this.#picker.isUsable;
    this.#price.update({ model, value, ask: isAskable ? (signal) => this.#askPrice(signal) : null });
    this.#allow();
  }

  async #askPrice(signal) {
    const { path, request } = await this.#asked();
    return api.price(path, request, signal);
  }

  #allow() {
    this.#button.disabled = this.#isSending || !this.#settings.value || this.#price.reason !== null;
    this.#button.replaceChildren(...(this.#isSending ? [h("span", { class: "spinner" }), "Sending…"] : ["Generate"]));
  }

  /** Beside the fields as far as it is about them, and in a notice as far as it is not; null for nothing. */
  #showWrongs(error) {
    const about = (...fields) => fields.map((field) => error?.of?.(field)).find(Boolean) ?? null;
    const wrongs = {
      prompt: about("prompt", "template", "variables"),
      source_image: about("source_image"),
      negative_prompt: about("negative_prompt"),
      seed: about("seed"),
    };
    this.#options.showWrongs(wrongs);
    this.#picker.problem = wrongs.source_image;
    this.#prompt.wrong = wrongs.prompt;
    if (wrongs.source_image) {
      this.#picker.forgetUpload();
      this.#picker.focus();
    }
    if (wrongs.prompt) this.#prompt.focus();
    const said = Object.values(wrongs).filter(Boolean);
    const unsaid = (error?.errors ?? []).map((it) => it.detail).filter((it) => !said.includes(it));
    const mayPass = error && (error.status === 0 || error.status >= 500);
    this.#say(
      error && (unsaid.length || !said.length) ? [error.message, ...unsaid].join(" ") : null,
      mayPass && (() => this.#generate()),
    );
  }

  #say(text, again) {
    this.#notice.replaceChildren(
      ...(text ? [h("span", {}, text)] : []),
      ...(text && again ? [h("button", { type: "button", onclick: again }, "Try again")] : []),
    );
    this.#notice.hidden = !text;
  }
}

customElements.define("video-generator", VideoGenerator);
