/** The form for a community's video: type, prompt, image, settings and price. Emits `videos-created`. */

import * as api from "../../data/api.js";
import { remixChanges, remixDraft } from "../../data/remix.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { truncate, videoTitle } from "../../lib/format.js";
import { newCommunityUrl } from "../../lib/urls.js";
import { RequestForm } from "./request-form.js";
import "./prompt-preview.js";
import "./source-choice.js";
import "./type-cards.js";

const MAX_COMMUNITIES = 100; // in the select; more would need a search

const style = sheet(`
.fields { display: grid; gap: 1.25rem; padding: 1.25rem clamp(1rem, 4vw, 1.5rem); }
.remixed { align-items: center; justify-content: space-between; }
.remixed button { flex: none; }
.remixed span { min-width: 0; overflow-wrap: anywhere; }
details { border: 1px solid var(--line); border-radius: 0.75rem; }
summary { display: flex; align-items: center; min-height: 2.75rem; padding: 0 0.9rem; border-radius: 0.75rem; font-size: 0.9375rem; font-weight: 600; cursor: pointer; }
summary::before { content: "+"; width: 1.1em; color: var(--quiet); }
details[open] summary::before { content: "–"; }
video-settings { padding: 0.5rem 0.9rem 1rem; }
footer { position: sticky; bottom: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.75rem 1rem; padding: 0.9rem clamp(1rem, 4vw, 1.5rem); border-top: 1px solid var(--line); background: var(--surface); }
price-line { flex: 1 1 13rem; }
footer .main { min-width: 10rem; }
.empty { display: grid; justify-items: start; gap: 0.75rem; padding: 1.5rem; }
.skeleton { height: 16rem; margin: 1.5rem; }
@media (max-width: 30rem) { footer .main { width: 100%; } }
@media (max-height: 32rem) { footer { position: static; } }
`);

class CreationForm extends RequestForm {
  static sheets = [style];
  static pendingName = "community";
  /** @type {Community[]} */
  #communities = [];
  /** @type {Community | null} */
  #community = null;
  #hasPreview = false;
  #select = h("select", { id: "community", onchange: () => this.#setCommunity(this.#select.value) });
  #types = h("type-cards", { "ontype-chosen": () => this.changed() });
  #preview = h("prompt-preview", { "onpreview-shown": ({ detail }) => this.#previewShown(detail.isUsable) });
  #source = h("source-choice", { "onsource-changed": () => this.#sourceChanged() });

  /** Whether the user writes the prompt, which otherwise is rendered from the community. */
  get #isCustom() {
    return this.remixed !== null || this.#types.value === "custom";
  }

  /**
   * Load what the form needs, and show it. Text from before stays. Without `communityId` the user chooses a community. `type`
   * is selected at first, and `remixed` is the video to remix.
   *
   * @param {{ communityId?: string | null, type?: string | null, remixed?: Video | null }} [options]
   */
  async open({ communityId = null, type = null, remixed = null } = {}) {
    import("../video/video-progress-list.js").catch(() => {}); // preload what will show the video
    this.settings.setAttribute("default-for", "bot");
    this.setSending(false);
    if (!this.find("form"))
      this.shadowRoot.replaceChildren(h("div", { class: "skeleton", role: "status", "aria-label": "Loading" }));
    try {
      const loaded = [api.models(), fetchCommunities(communityId, this.signal)];
      [this.settings.models, this.#communities] = await Promise.all(loaded);
    } catch (error) {
      if (!this.signal.aborted) this.#showLoadError(error, () => this.open({ communityId, type, remixed }));
      return;
    }
    if (this.#communities.length === 0) {
      this.#showNoCommunity();
      return;
    }
    if (type) this.#types.value = type;
    if (remixed) this.#load(remixed);
    this.remixed = remixed;
    this.#render(communityId);
    this.#setCommunity((this.#communities.find((it) => it.id === this.#community?.id) ?? this.#communities[0]).id);
    (this.#isCustom ? this.prompt : this.#types).focus();
  }

  #showLoadError(error, onRetry) {
    const notice = h("div", { class: "notice bad", role: "alert" }, error.message);
    const button = h("button", { type: "button", onclick: onRetry }, "Try again");
    this.shadowRoot.replaceChildren(h("div", { class: "empty" }, notice, button));
  }

  #showNoCommunity() {
    const onclick = () => this.emit("settings-wanted");
    const link = h("a", { class: "button main", href: newCommunityUrl(), onclick }, "Create your first community");
    const text = h("p", {}, "You need a community to create its videos.");
    this.shadowRoot.replaceChildren(h("div", { class: "empty" }, text, link));
  }

  #render(communityId) {
    this.#select.replaceChildren(...this.#communities.map((it) => h("option", { value: it.id }, it.name)));
    if (this.find("form")) return;
    const choice = h("div", { class: "field" }, h("label", { for: "community" }, "Community"), this.#select);
    const settings = h("details", {}, h("summary", {}, "Model and settings"), this.settings);
    const parts = [this.remixLine, this.#types, this.#preview, this.prompt, this.#source, settings, this.notice];
    const fields = h("div", { class: "fields" }, !communityId && choice, ...parts);
    this.shadowRoot.replaceChildren(this.createForm({}, fields, h("footer", {}, this.price, this.button)));
  }

  #load(video) {
    const { settings, text, template } = remixDraft(video);
    this.settings.value = settings;
    this.prompt.draft = { text, template };
  }

  #setCommunity(id) {
    this.#community = this.#communities.find((it) => it.id === id);
    this.#select.value = id;
    this.#source.show(this.#community, this.remixed);
    const title = this.remixed && truncate(videoTitle(this.remixed));
    this.showRemixLine(title, "Cancel remix", () => this.#leaveRemix());
    this.#sourceChanged();
  }

  #leaveRemix() {
    this.remixed = null;
    this.prompt.draft = { text: "", template: null };
    this.#setCommunity(this.#community.id);
    this.#types.focus();
    this.emit("remix-left");
  }

  #sourceChanged() {
    this.settings.flow = this.prompt.flow = this.#source.hasImage ? "image" : "text";
    this.changed();
  }

  changed() {
    this.#source.ratio = this.settings.value.aspect_ratio;
    this.#types.hidden = this.remixed !== null;
    this.#preview.hidden = this.#isCustom;
    this.prompt.hidden = !this.#isCustom;
    this.#hasPreview = false;
    if (!this.#isCustom) this.#preview.show(this.#community, this.#types.value, (signal) => this.#fetchPreview(signal));
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
    return api.prompt(this.#community, { type: this.#types.value, model: this.settings.value.model }, signal);
  }

  get isPriceable() {
    return this.#isCustom ? this.prompt.text.trim() !== "" : this.#hasPreview;
  }

  /** With an empty prompt the button stays enabled, because pressing it shows what is missing. */
  get isBlocked() {
    return !this.#isCustom && !this.#hasPreview;
  }

  buttonContent() {
    return [icon("sparkle"), "Create Video"];
  }

  validate() {
    const isMissing = this.#isCustom && this.prompt.text.trim() === "";
    this.prompt.error = isMissing ? "Describe what happens in the video." : null;
    if (isMissing) this.prompt.focus();
    return !isMissing;
  }

  async buildRequest() {
    const { remixed } = this;
    const [path, type] = [api.videosPath(this.#community.id), this.#types.value];
    const form = { ...this.settings.value, prompt: this.prompt.text.trim() };
    const promptFields = this.#isCustom && this.prompt.requestFields;
    const source = await this.#source.fields();
    if (remixed) return { path: remixed.links.remix, request: remixChanges(remixed, { ...form, ...source }) };
    const { prompt, ...settings } = form;
    return { path, request: { type, ...settings, ...source, ...promptFields } };
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
      if (!signal.aborted) this.#showError(error);
    }
  }

  /** Show an error beside the prompt or in the notice; null clears it. */
  #showError(error) {
    const ofPrompt = this.#isCustom ? error?.of?.("prompt") : null;
    this.prompt.error = ofPrompt ?? null;
    const text = error?.errors?.map((it) => it.detail).join(" ") || error?.message;
    this.showNotice(ofPrompt || !error ? null : text);
  }
}

/** Fetch one community, or those of the user. */
async function fetchCommunities(id, signal) {
  if (id) return [await api.community(id, signal)];
  return (await api.communities({ limit: MAX_COMMUNITIES }, signal)).communities;
}

customElements.define("creation-form", CreationForm);
