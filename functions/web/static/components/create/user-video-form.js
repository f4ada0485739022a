/** The form for a user's video: image, prompt, settings and price. Emits `videos-created` and `preview-changed`. */

import * as api from "../../data/api.js";
import { sortErrors } from "../../data/form-errors.js";
import { remixChanges, remixDraft } from "../../data/remix.js";
import { TabStorage } from "../../data/tab-storage.js";
import { h, sheet } from "../../lib/dom.js";
import { videoTitle } from "../../lib/format.js";
import { RequestForm } from "./request-form.js";
import "./image-picker.js";
import "./more-options.js";

const BUTTON_PAUSE_MS = 1000; // after a success: a click so soon is a repeat by someone who has not seen the result
const ERROR_FIELDS = {
  prompt: ["prompt", "template", "variables"],
  source_image: ["source_image"],
  negative_prompt: ["negative_prompt"],
  seed: ["seed"],
};

const style = sheet(`
form { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
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
  #options = h("more-options", { "onoptions-changed": () => this.changed() });
  /** @type {(videos: Video[]) => Promise<void>} displays created videos; the button stays disabled until it resolves */
  display = async () => {};

  start() {
    if (this.find("form")) return;
    this.settings.setAttribute("default-for", "user");
    const footer = h("div", { class: "go" }, this.price, this.button);
    const fields = [this.remixLine, this.#picker, this.prompt, this.settings, this.#options, this.notice, footer];
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
    this.settings.models = await api.models();
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

  /** Fill the form in from a video. */
  remix(video) {
    this.#draft = remixDraft(video);
  }

  /** Update the parts in order: the image sets the flow, the model the ratio, and everything the price. */
  update() {
    const flow = this.#picker.hasImage ? "image" : "text";
    this.settings.flow = this.prompt.flow = flow;
    const { model, value } = this.settings;
    if (!model) return;
    this.#picker.ratio = value.aspect_ratio;
    this.#picker.models = [model];
    this.#options.model = model;
    this.emit("preview-changed", { ratio: value.aspect_ratio, url: this.#picker.url });
    this.updatePrice();
  }

  changed() {
    this.#storeDraft();
    if (!this.notice.hidden) this.showNotice(null); // it was about the request before this change
    this.update();
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
    form.source_image = await this.#picker.source();
    draft.source ??= this.#picker.draft; // uploaded just now
    if (remixed) return { path: remixed.links.remix, request: remixChanges(remixed, form), draft };
    const { prompt, ...fields } = Object.fromEntries(Object.entries(form).filter(([, it]) => it !== null));
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
      if (!this.signal.aborted) this.#showErrors(error);
    } finally {
      this.setSending(false);
      if (hadFocus && !this.shadowRoot.activeElement) this.button.focus();
    }
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
    this.update();
  }

  #setRemixed(video) {
    this.remixed = video;
    this.showRemixLine(video && videoTitle(video), () => {
      this.#setRemixed(null);
      this.update();
    });
  }

  #storeDraft() {
    if (this.settings.value) this.#draftStorage.value = this.#draft;
  }

  /** Show an error beside the fields it names, and the rest in the notice; null clears all. */
  #showErrors(error) {
    const { byField, other, isTransient } = sortErrors(error, ERROR_FIELDS);
    this.#options.showErrors(byField);
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
