/** The form for a community's video: type, prompt, image, settings and price. Emits `videos-created` and `remix-canceled`. */

import * as api from "../../data/api.js";
import { sortErrors } from "../../data/form-errors.js";
import { remixChanges, remixDraft } from "../../data/remix.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { truncate, videoTitle } from "../../lib/format.js";
import { RequestForm } from "./request-form.js";
import "./prompt-preview.js";
import "./source-choice.js";
import "./type-cards.js";

const style = sheet(`
.fields { display: grid; gap: 1.25rem; padding: 1.25rem clamp(1rem, 4vw, 1.5rem); }
.remixed { align-items: center; justify-content: space-between; }
.remixed button { flex: none; }
.remixed span { min-width: 0; overflow-wrap: anywhere; }
details { border: 1px solid var(--line); border-radius: 0.75rem; }
summary { display: flex; align-items: center; min-height: 2.75rem; padding: 0 0.9rem; border-radius: 0.75rem; font-size: 0.9375rem; font-weight: 600; cursor: pointer; }
summary::before { content: "+"; width: 1.1em; color: var(--quiet); }
details[open] summary::before { content: "–"; }
.inside { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.1rem; padding: 0.5rem 0.9rem 1rem; }
footer { position: sticky; bottom: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.75rem 1rem; padding: 0.9rem clamp(1rem, 4vw, 1.5rem); border-top: 1px solid var(--line); background: var(--surface); }
price-line { flex: 1 1 13rem; }
footer .main { min-width: 10rem; }
@media (max-width: 30rem) { footer .main { width: 100%; } }
@media (max-height: 32rem) { footer { position: static; } }
`);

class BotVideoForm extends RequestForm {
  static sheets = [style];
  static pendingName = "community";
  /** @type {Community | null} */
  #community = null;
  #hasPreview = false;
  #types = h("type-cards", { "ontype-chosen": () => this.changed() });
  #preview = h("prompt-preview", { "onpreview-shown": ({ detail }) => this.#previewShown(detail.isUsable) });
  #source = h("source-choice", {
    "onsource-changed": () => this.#sourceChanged(),
    "onshape-loaded": () => this.showChoice(),
  });

  start() {
    if (this.find("form")) return;
    this.choice.isForBots = true;
    const inside = h("div", { class: "inside" }, this.settings, this.endFrame, this.options);
    const settings = h("details", {}, h("summary", {}, "Model and settings"), inside);
    const parts = [this.remixLine, this.#types, this.#preview, this.prompt, this.#source, settings, this.notice];
    const footer = h("footer", {}, this.price, this.button);
    this.shadowRoot.append(this.createForm({}, h("div", { class: "fields" }, ...parts), footer));
  }

  /** Whether the user writes the prompt, which otherwise is rendered from the community. */
  get #isCustom() {
    return this.remixed !== null || this.#types.value === "custom";
  }

  /**
   * Prepare the form for a type, or to remix a video. Text from before stays otherwise.
   *
   * @param {{ models: Model[], type: string | null, remixed: Video | null }} options
   */
  prepare({ models, type, remixed }) {
    this.setSending(false);
    this.choice.models = models;
    if (type) this.#types.value = type;
    this.remixed = remixed;
    this.isFindingSuccessor = false;
    if (!remixed) return;
    const { settings, text, template, ...images } = remixDraft(remixed);
    this.fillChoice(settings, images);
    this.prompt.draft = { text, template };
    const loading = Promise.all([this.chooseSuccessor(remixed), this.loadRemixedShape(remixed)]);
    loading.then(() => this.remixed === remixed && this.changed());
  }

  /** @param {Community} community */
  set community(community) {
    this.#community = community;
    this.#source.show(community, this.remixed);
    this.showRemixLine(this.remixed && truncate(videoTitle(this.remixed)), () => this.#cancelRemix());
    this.#sourceChanged();
  }

  focus() {
    (this.#isCustom ? this.prompt : this.#types).focus();
  }

  #cancelRemix() {
    this.remixed = null;
    this.isFindingSuccessor = false;
    this.prompt.draft = { text: "", template: null };
    this.community = this.#community;
    this.#types.focus();
    this.emit("remix-canceled");
  }

  #sourceChanged() {
    this.choice.flow = this.prompt.flow = this.#source.hasImage ? "image" : "text";
    this.changed();
  }

  get sourceShape() {
    return this.#source.shape;
  }

  changed() {
    this.choice.hasOwnPrompt = this.#isCustom;
    this.#source.ratio = this.choice.fields.aspect_ratio;
    this.#source.model = this.choice.model;
    this.showChoice();
    this.#types.hidden = this.remixed !== null;
    this.#preview.hidden = this.#isCustom;
    this.#hasPreview = false;
    const fetchPreview = (signal) => this.#fetchPreview(signal);
    if (!this.#isCustom) this.#preview.show(this.#community, this.#types.value, fetchPreview);
    this.updatePrice();
  }

  promptChanged() {
    this.updatePrice();
  }

  #previewShown(isUsable) {
    this.#hasPreview = isUsable;
    this.updatePrice();
  }

  /** The prompt depends on whether there is an image. If the user chose one, only a dry run takes it into account. */
  async #fetchPreview(signal) {
    if (!this.#source.isDefault) return this.fetchPrice(signal);
    return api.prompt(this.#community, { type: this.#types.value, model: this.choice.model.id }, signal);
  }

  get isPriceable() {
    return this.#isCustom ? this.hasPrompt : this.#hasPreview;
  }

  /** With an empty prompt the button stays enabled, because pressing it shows what is missing. */
  get isBlocked() {
    return !this.#isCustom && !this.#hasPreview;
  }

  buttonContent() {
    return [icon("sparkle"), this.choice.isReplaced ? `Create with ${this.choice.model.name}` : "Create Video"];
  }

  validate() {
    const isMissing = this.#isCustom && !this.choice.uses("shots") && !this.hasPrompt;
    this.prompt.error = isMissing ? "Describe what happens in the video." : null;
    if (isMissing) this.prompt.focus();
    return !isMissing && this.validateOptions();
  }

  async buildRequest() {
    const { remixed } = this;
    const [path, type] = [api.videosPath(this.#community.id), this.#types.value];
    const ownPrompt = this.#isCustom && !this.choice.uses("shots");
    const prompt = ownPrompt && { prompt: this.prompt.text.trim() };
    const promptFields = ownPrompt && this.prompt.requestFields;
    const [options, source] = await Promise.all([this.optionFields(), this.#source.fields()]);
    if (remixed)
      return { path: remixed.links.remix, request: remixChanges(remixed, { ...prompt, ...options, ...source }) };
    const chosen = Object.fromEntries(Object.entries(options).filter(([, it]) => it !== null));
    return { path, request: { type, ...chosen, ...source, ...promptFields } };
  }

  /** After a success the form stays busy until it is opened again, because the next view may take a moment to load. */
  async sendAndShow(send) {
    const { signal } = this;
    this.setSending(true);
    this.#showError(null);
    try {
      this.emit("videos-created", { videos: await send() });
    } catch (error) {
      this.setSending(false);
      if (signal.aborted) return;
      await this.refreshModels(error);
      this.#showError(error);
    }
  }

  /** Show an error beside the prompt or in the notice; null clears it. */
  #showError(error) {
    const fields = { ...this.optionErrorFields, ...(this.#isCustom && { prompt: ["prompt"] }) };
    const { byField, other } = sortErrors(error, fields);
    this.showOptionErrors(byField);
    this.prompt.error = byField.prompt ?? null;
    this.showNotice(other);
  }
}

customElements.define("bot-video-form", BotVideoForm);
