/** The video generator: a form with an image, a prompt, settings and the price, and the stage that shows new videos. */

import * as api from "../../data/api.js";
import { remixChanges, remixDraft } from "../../data/remix.js";
import { session } from "../../data/session.js";
import { TabStorage } from "../../data/tab-storage.js";
import { h, sheet } from "../../lib/dom.js";
import { receiveImages } from "../../lib/drop-and-paste.js";
import { isFinished, videoTitle } from "../../lib/format.js";
import { RequestForm } from "./request-form.js";
import "./image-picker.js";
import "./more-options.js";
import "./video-stage.js";

const PATH = api.videosPath();
const BUTTON_PAUSE_MS = 1000; // after a success: a click so soon is a repeat by someone who has not seen the result

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

class VideoGenerator extends RequestForm {
  static sheets = [style];
  static pendingName = "user";
  #draftStorage = new TabStorage("draft");
  #isLoaded = false;
  #picker = h("image-picker", {
    "onimage-changed": () => this.changed(),
    "onimage-uploaded": () => this.#storeDraft(),
  });
  #options = h("more-options", { "onoptions-changed": () => this.changed() });
  #stage = h("video-stage", {
    "onvideo-finished": () => this.#update(),
    "onvideos-created": () => this.#update(),
    "onvideo-remix": (event) => {
      event.stopPropagation();
      this.remix(event.detail.video);
    },
    "oncreate-another": () => this.prompt.focus(),
  });

  start() {
    this.settings.setAttribute("default-for", "user");
    const footer = h("div", { class: "go" }, this.price, this.button);
    const fields = [this.remixLine, this.#picker, this.prompt, this.settings, this.#options, this.notice, footer];
    const form = this.createForm({ class: "panel", "aria-label": "New video" }, ...fields);
    this.shadowRoot.replaceChildren(h("h1", {}, "Video Generator"), h("div", { class: "columns" }, form, this.#stage));
    receiveImages(this, (file) => this.#picker.choose(file), this.signal);
    session.addEventListener("change", () => this.#load(), { signal: this.signal });
    const onOnline = () => !this.#isLoaded && this.#load();
    addEventListener("online", onOnline, { signal: this.signal });
    this.updateButton();
    this.#load();
  }

  focus(options) {
    this.prompt.focus(options);
  }

  /** Whether the stage shows this video and announces its result. */
  shows({ id }) {
    return this.#stage.has(id);
  }

  /** Fill the form in from a video. */
  remix(video) {
    this.#draft = remixDraft(video);
    this.scrollIntoView({ block: "start" });
    this.prompt.focus({ preventScroll: true });
  }

  async #load() {
    if (!session.email) return;
    this.showNotice(null);
    try {
      this.settings.models = await api.models();
      if (this.#draftStorage.value && !this.prompt.text) this.#draft = this.#draftStorage.value;
      this.#update();
      await Promise.all([this.#resend(), this.#showUnfinished()]);
      this.#isLoaded = true;
    } catch (error) {
      if (!this.signal.aborted) this.showNotice(error.message, () => this.#load());
    }
  }

  /** Send a request again that had no response before the page was reloaded. */
  async #resend() {
    const { stored } = this.pending;
    if (!stored) return;
    this.#draft = stored.draft;
    if (!this.pending.canResend) {
      const text = "Your last request may not have arrived. You can send it again without creating a duplicate.";
      this.showNotice(text, () => this.submit());
      return;
    }
    await this.sendAndShow(() => this.pending.send(stored.path, stored.request, stored.draft));
  }

  async #showUnfinished() {
    const { videos } = await api.videos(PATH, { limit: 20 }, this.signal);
    const unfinished = videos.filter((it) => !isFinished(it));
    if (unfinished.length) await this.#stage.show(unfinished);
  }

  changed() {
    this.#storeDraft();
    if (!this.notice.hidden) this.showNotice(null); // it was about the request before this change
    this.#update();
  }

  get isPriceable() {
    return this.prompt.text.trim() !== "" && this.#picker.isUsable;
  }

  get isBlocked() {
    return !this.settings.value;
  }

  buttonContent() {
    return ["Generate"];
  }

  validate() {
    if (!this.#picker.isUsable) {
      this.#picker.focus();
      return false;
    }
    this.#showErrors(null);
    if (this.prompt.text.trim()) return true;
    this.prompt.error = "Enter a prompt, or choose a template.";
    this.prompt.focus();
    return false;
  }

  async buildRequest() {
    const { remixed } = this;
    const promptFields = this.prompt.requestFields;
    const draft = this.#draft;
    const form = { prompt: this.prompt.text.trim(), ...this.#options.value, ...this.settings.value };
    const path = remixed?.links.remix ?? PATH;
    form.source_image = await this.#picker.source();
    draft.source ??= this.#picker.draft; // uploaded just now
    if (remixed) return { path, request: remixChanges(remixed, form), draft };
    const { prompt, ...fields } = Object.fromEntries(Object.entries(form).filter(([, it]) => it !== null));
    return { path, request: { ...promptFields, ...fields }, draft };
  }

  async sendAndShow(send) {
    import("../video/video-progress-list.js").catch(() => {}); // preload what will show the videos
    const hadFocus = this.shadowRoot.activeElement === this.button;
    const { remixed } = this;
    this.setSending(true);
    try {
      await this.#accept(await send(), remixed);
      await api.pause(BUTTON_PAUSE_MS, this.signal);
    } catch (error) {
      if (!this.signal.aborted) this.#showErrors(error);
    } finally {
      this.setSending(false);
      if (hadFocus && !this.shadowRoot.activeElement) this.button.focus();
    }
  }

  async #accept(videos, remixed) {
    this.emit("videos-created", { videos });
    if (this.remixed === remixed) this.#setRemixed(null);
    this.#update(); // the price, because the remaining limits have changed
    await this.#stage.show(videos);
    this.#stage.scrollIntoView({ block: "nearest" });
  }

  /** @returns {Draft} */
  get #draft() {
    const [options, settings] = [this.#options.value, this.settings.value];
    return { ...this.prompt.draft, options, settings, source: this.#picker.draft, remixed: this.remixed };
  }

  set #draft({ text, template, options, settings, source, remixed }) {
    this.#setRemixed(remixed);
    this.prompt.draft = { text, template };
    this.#options.value = options;
    this.settings.value = settings;
    this.#picker.storedImage = source;
    this.#showErrors(null);
    this.#update();
  }

  #setRemixed(video) {
    this.remixed = video;
    this.showRemixLine(video && videoTitle(video), "Cancel remix", () => {
      this.#setRemixed(null);
      this.#update();
    });
  }

  #storeDraft() {
    if (this.settings.value) this.#draftStorage.value = this.#draft;
  }

  /** Update the parts in order: the image sets the flow, the model the ratio, and everything the price. */
  #update() {
    const flow = this.#picker.hasImage ? "image" : "text";
    this.settings.flow = this.prompt.flow = flow;
    const { model, value } = this.settings;
    if (!model) return;
    this.#picker.ratio = value.aspect_ratio;
    this.#stage.preview({ ratio: value.aspect_ratio, url: this.#picker.url });
    this.#options.model = model;
    this.updatePrice();
  }

  /** Show an error beside the fields it names, and the rest in the notice; null clears all. */
  #showErrors(error) {
    const of = (...fields) => fields.map((field) => error?.of?.(field)).find(Boolean) ?? null;
    const errors = {
      prompt: of("prompt", "template", "variables"),
      source_image: of("source_image"),
      negative_prompt: of("negative_prompt"),
      seed: of("seed"),
    };
    this.#options.showErrors(errors);
    this.#picker.problem = errors.source_image;
    this.prompt.error = errors.prompt;
    if (errors.source_image) {
      this.#picker.forgetUpload();
      this.#picker.focus();
    }
    if (errors.prompt) this.prompt.focus();
    const shown = Object.values(errors).filter(Boolean);
    const other = (error?.errors ?? []).map((it) => it.detail).filter((it) => !shown.includes(it));
    const isTransient = error && (error.status === 0 || error.status >= 500);
    const text = error && (other.length || !shown.length) ? [error.message, ...other].join(" ") : null;
    this.showNotice(text, isTransient ? () => this.submit() : null);
  }
}

customElements.define("video-generator", VideoGenerator);
