/** The form for a user's video: image, prompt, settings and price. Emits `videos-created` and `preview-changed`. */

import * as api from "../../data/api.js";
import { sortErrors } from "../../data/form-errors.js";
import { remixChanges, remixDraft } from "../../data/remix.js";
import { TabStorage } from "../../data/tab-storage.js";
import { h, sheet } from "../../lib/dom.js";
import { videoTitle } from "../../lib/format.js";
import { RequestForm } from "./request-form.js";
import "./image-picker.js";

const BUTTON_PAUSE_MS = 1000; // after a success: a click so soon is a repeat by someone who has not seen the result
const ERROR_FIELDS = {
  prompt: ["prompt", "template", "variables"],
  source_image: ["source_image"],
};

const style = sheet(`
form { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
.images { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr)); gap: 1rem; align-items: start; }
.notice { flex-wrap: wrap; align-items: center; }
.notice > span { flex: 1 1 12rem; min-width: 0; }
.remixed > span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.go { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem 1rem; }
.go price-line { flex: 1 1 13rem; }
.go .main { min-height: 3rem; min-width: 9.5rem; }
@media (max-width: 30rem) { .go .main { width: 100%; } }
`);

class UserVideoForm extends RequestForm {
  static sheets = [style];
  static pendingName = "user";
  #draftStorage = new TabStorage("draft");
  #picker = h("image-picker", {
    "onimage-changed": () => this.changed(),
    "onimage-uploaded": () => this.#storeDraft(),
  });
  /** @type {(videos: Video[]) => Promise<void>} displays created videos; the button stays disabled until it resolves */
  display = async () => {};

  start() {
    if (this.find("form")) return;
    const footer = h("div", { class: "go" }, this.price, this.button);
    const images = h("div", { class: "images" }, this.#picker, this.endFrame);
    const fields = [this.remixLine, images, this.prompt, this.settings, this.options, this.notice, footer];
    this.shadowRoot.append(this.createForm({ class: "panel", part: "panel", "aria-label": "New video" }, ...fields));
    this.updateButton();
  }

  focus(options) {
    this.prompt.focus(options);
  }

  chooseImage(file) {
    return this.#picker.choose(file);
  }

  /** Load the models, and restore the draft of the last visit. */
  async load() {
    this.choice.models = await api.models();
    if (this.#draftStorage.value && !this.prompt.text) this.#draft = this.#draftStorage.value;
    this.update();
  }

  /** Send a request again that had no response before the page was reloaded. */
  async resend() {
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

  /** Fill the form in from a video. If its model is not offered any more, its successor is selected. */
  async remix(video) {
    this.#draft = remixDraft(video);
    const loading = [this.chooseSuccessor(video), this.loadRemixedShape(video)];
    this.updateButton();
    await Promise.all(loading);
    this.update();
  }

  /** Update the parts in order: the image sets the flow, the model the ratio, and everything the price. */
  update() {
    this.choice.flow = this.prompt.flow = this.#picker.hasImage ? "image" : "text";
    const { model } = this.choice;
    if (!model) return;
    const { aspect_ratio: ratio } = this.choice.fields;
    this.#picker.ratio = ratio;
    this.#picker.models = [model];
    this.showChoice();
    this.emit("preview-changed", { ratio, url: this.#picker.url });
    this.updatePrice();
  }

  get sourceShape() {
    return this.#picker.shape;
  }

  imageUploaded() {
    this.#storeDraft();
  }

  changed() {
    this.#storeDraft();
    if (!this.notice.hidden) this.showNotice(null); // it was about the request before this change
    this.update();
  }

  get isPriceable() {
    return this.hasPrompt && this.#picker.isUsable;
  }

  get isBlocked() {
    return !this.choice.model;
  }

  buttonContent() {
    return [this.choice.isReplaced ? `Generate with ${this.choice.model.name}` : "Generate"];
  }

  validate() {
    if (!this.#picker.isUsable) {
      this.#picker.focus();
      return false;
    }
    this.#showErrors(null);
    const isMissing = !this.choice.uses("shots") && !this.hasPrompt;
    if (isMissing) {
      this.prompt.error = "Enter a prompt, or choose a template.";
      this.prompt.focus();
    }
    return !isMissing && this.validateOptions();
  }

  async buildRequest() {
    const { remixed } = this;
    const hasShots = this.choice.uses("shots");
    const promptFields = hasShots ? {} : this.prompt.requestFields;
    const draft = this.#draft;
    const prompt = hasShots ? {} : { prompt: this.prompt.text.trim() };
    const [options, source] = await Promise.all([this.optionFields(), this.#picker.source()]);
    const form = { ...prompt, ...options, source_image: source };
    Object.assign(draft, this.#images); // uploaded just now
    if (remixed) return { path: remixed.links.remix, request: remixChanges(remixed, form), draft };
    const { prompt: _, ...fields } = Object.fromEntries(Object.entries(form).filter(([, it]) => it !== null));
    return { path: api.videosPath(), request: { ...promptFields, ...fields }, draft };
  }

  async sendAndShow(send) {
    import("../video/video-progress-list.js").catch(() => {}); // preload what will show the videos
    const hadFocus = this.shadowRoot.activeElement === this.button;
    const { remixed } = this;
    this.setSending(true);
    try {
      const videos = await send();
      if (this.remixed === remixed) this.#setRemixed(null);
      this.emit("videos-created", { videos });
      this.update(); // the price, because the remaining limits have changed
      await this.display(videos);
      await api.pause(BUTTON_PAUSE_MS, this.signal);
    } catch (error) {
      if (this.signal.aborted) return;
      await this.refreshModels(error);
      this.#showErrors(error);
    } finally {
      this.setSending(false);
      if (hadFocus && !this.shadowRoot.activeElement) this.button.focus();
    }
  }

  /** @returns {Draft} */
  get #draft() {
    return { ...this.prompt.draft, settings: this.choice.draft, ...this.#images, remixed: this.remixed };
  }

  set #draft({ text, template, options, settings, source, end = null, references = [], remixed }) {
    this.#setRemixed(remixed);
    this.prompt.draft = { text, template };
    this.#picker.storedImage = source;
    this.fillChoice({ ...settings, ...options }, { end, references }); // `options` is in drafts of older versions
    this.#showErrors(null);
    this.update();
  }

  /** What a draft stores of the images. */
  get #images() {
    const { endFrame, options } = this;
    return { source: this.#picker.draft, end: endFrame.draft, references: options.references.draft };
  }

  #setRemixed(video) {
    this.remixed = video;
    this.isFindingSuccessor = false;
    this.showRemixLine(video && videoTitle(video), () => {
      this.#setRemixed(null);
      this.update();
    });
  }

  #storeDraft() {
    if (this.choice.model) this.#draftStorage.value = this.#draft;
  }

  /** Show an error beside the fields it names, and the rest in the notice; null clears all. */
  #showErrors(error) {
    const { byField, other, isTransient } = sortErrors(error, { ...ERROR_FIELDS, ...this.optionErrorFields });
    this.showOptionErrors(byField);
    this.#picker.problem = byField.source_image;
    this.prompt.error = byField.prompt;
    if (byField.source_image) {
      this.#picker.forgetUpload();
      this.#picker.focus();
    }
    if (byField.prompt) this.prompt.focus();
    this.showNotice(other, isTransient ? () => this.submit() : null);
  }
}

customElements.define("user-video-form", UserVideoForm);
