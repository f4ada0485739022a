/** What a community's video shall be: type, prompt, picture, settings, and its price; asks for it once. */

import * as api from "../../data/api.js";
import { Pending } from "../../data/pending-request.js";
import { changes, draftOf } from "../../data/remix.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { short, title } from "../../lib/format.js";
import { onePress } from "../../lib/no-key-repeat.js";
import { newCommunityUrl } from "../../lib/urls.js";
import "./source-choice.js";
import "./price-line.js";
import "./prompt-field.js";
import "./prompt-preview.js";
import "./type-cards.js";
import "./video-settings.js";

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

class CreationForm extends Element {
  static sheets = [style];
  #communities = [];
  #community = null;
  #remixed = null;
  #pending = new Pending("community");
  #hasPreview = false;
  #isSending = false;

  #choice = h("select", { id: "community", onchange: () => this.#turnTo(this.#choice.value) });
  #remixLine = h("div", { class: "notice remixed", hidden: true });
  #types = h("type-cards", { "ontype-chosen": () => this.#changed() });
  #preview = h("prompt-preview", {
    "onpreview-shown": ({ detail }) => {
      this.#hasPreview = detail.isUsable;
      this.#showPrice();
    },
  });
  #prompt = h("prompt-field", {
    "onprompt-changed": () => this.#showPrice(),
    "onprompt-submitted": () => this.#create(),
  });
  #source = h("creation-source", { "onsource-changed": () => this.#sourceChanged() });
  #settings = h("video-settings", { "default-for": "bot", "onsettings-changed": () => this.#changed() });
  #price = h("price-line", { id: "price", "onprice-known": () => this.#allow() });
  #alert = h("div", { class: "notice bad", role: "alert", hidden: true });
  #button = h("button", { class: "main", "aria-describedby": "price" });

  get #isCustom() {
    return this.#remixed !== null || this.#types.value === "custom";
  }
  get #folder() {
    return api.folder(this.#community.id);
  }

  /**
   * Fetches what it needs, and shows itself. What was typed before stays.
   * `communityId` for one community, else there is a choice; `type` to begin with; `remixed` is the video to vary.
   */
  async open({ communityId = null, type = null, remixed = null } = {}) {
    import("../video/creation-stage.js").catch(() => {}); // ahead of time: what will show it
    this.#busy(false);
    if (!this.find("form"))
      this.shadowRoot.replaceChildren(h("div", { class: "skeleton", role: "status", "aria-label": "Loading" }));
    try {
      [this.#settings.models, this.#communities] = await Promise.all([
        api.models(),
        communities(communityId, this.signal),
      ]);
    } catch (error) {
      if (!this.signal.aborted) this.#refuse(error, () => this.open({ communityId, type, remixed }));
      return;
    }
    if (this.#communities.length === 0) return this.#sendToFirst();
    if (type) this.#types.value = type;
    if (remixed) this.#load(remixed);
    this.#remixed = remixed;
    this.#render(communityId);
    this.#turnTo((this.#communities.find((it) => it.id === this.#community?.id) ?? this.#communities[0]).id);
    (this.#isCustom ? this.#prompt : this.#types).focus();
  }

  #refuse(error, again) {
    this.shadowRoot.replaceChildren(
      h(
        "div",
        { class: "empty" },
        h("div", { class: "notice bad", role: "alert" }, error.message),
        h("button", { type: "button", onclick: again }, "Try again"),
      ),
    );
  }

  #sendToFirst() {
    this.shadowRoot.replaceChildren(
      h(
        "div",
        { class: "empty" },
        h("p", {}, "A video belongs to a community, and you have none yet."),
        h(
          "a",
          { class: "button main", href: newCommunityUrl(), onclick: () => this.tell("settings-wanted") },
          "Make your first community",
        ),
      ),
    );
  }

  #render(communityId) {
    this.#choice.replaceChildren(...this.#communities.map((it) => h("option", { value: it.id }, it.name)));
    if (this.find("form")) return;
    this.shadowRoot.replaceChildren(
      h(
        "form",
        {
          novalidate: true,
          onkeydown: onePress,
          onsubmit: (event) => {
            event.preventDefault();
            this.#create();
          },
        },
        h(
          "div",
          { class: "fields" },
          !communityId && h("div", { class: "field" }, h("label", { for: "community" }, "Community"), this.#choice),
          this.#remixLine,
          this.#types,
          this.#preview,
          this.#prompt,
          this.#source,
          h("details", {}, h("summary", {}, "Model and settings"), this.#settings),
          this.#alert,
        ),
        h("footer", {}, this.#price, this.#button),
      ),
    );
  }

  #load(video) {
    const { settings, text, template } = draftOf(video);
    this.#settings.value = settings;
    this.#prompt.draft = { text, template };
  }

  #turnTo(id) {
    this.#community = this.#communities.find((it) => it.id === id);
    this.#choice.value = id;
    this.#source.show(this.#community, this.#remixed);
    this.#remixLine.hidden = this.#remixed === null;
    this.#remixLine.replaceChildren(
      ...(this.#remixed
        ? [
            h("span", {}, `Remix of “${short(title(this.#remixed))}”`),
            h("button", { type: "button", class: "chip", onclick: () => this.#leaveRemix() }, "Start afresh"),
          ]
        : []),
    );
    this.#sourceChanged();
  }

  #leaveRemix() {
    this.#remixed = null;
    this.#prompt.draft = { text: "", template: null };
    this.#turnTo(this.#community.id);
    this.#types.focus();
    this.tell("remix-left");
  }

  #sourceChanged() {
    this.#settings.flow = this.#prompt.flow = this.#source.hasImage ? "image" : "text";
    this.#changed();
  }

  #changed() {
    this.#source.ratio = this.#settings.value.aspect_ratio;
    this.#types.hidden = this.#remixed !== null;
    this.#preview.hidden = this.#isCustom;
    this.#prompt.hidden = !this.#isCustom;
    this.#hasPreview = false;
    if (!this.#isCustom) this.#preview.show(this.#community, this.#types.value, (signal) => this.#built(signal));
    this.#showPrice();
  }

  /** The prompt depends on whether there is a picture: with a picture chosen for this video, a dry run knows that. */
  async #built(signal) {
    if (!this.#source.isAsGiven) return this.#ask(signal);
    return api.prompt(this.#community, { type: this.#types.value, model: this.#settings.value.model }, signal);
  }

  #showPrice() {
    const { model, value } = this.#settings;
    const isAskable = this.#isCustom ? this.#prompt.text.trim() !== "" : this.#hasPreview;
    this.#price.update({ model, value, ask: isAskable ? (signal) => this.#ask(signal) : null });
    this.#allow();
  }

  /** The button can be pressed while nothing is typed: then it says what is missing. */
  #allow() {
    this.#button.disabled = this.#isSending || this.#price.reason !== null || (!this.#isCustom && !this.#hasPreview);
    this.#button.replaceChildren(
      this.#isSending ? h("span", { class: "spinner" }) : icon("sparkle"),
      this.#isSending ? "Asking…" : "Create video",
    );
  }

  /** What is asked for as the form is now; its picture may still be on its way. `{ path, request }`. */
  async #asked() {
    const [remixed, folder, type] = [this.#remixed, this.#folder, this.#types.value];
    const asked = { ...this.#settings.value, prompt: this.#prompt.text.trim() };
    const words = this.#isCustom && this.#prompt.words;
    const source = await this.#source.fields();
    if (remixed) return { path: remixed.links.remix, request: changes(remixed, { ...asked, ...source }) };
    const { prompt, ...settings } = asked;
    return { path: folder, request: { type, ...settings, ...source, ...words } };
  }

  async #ask(signal) {
    const { path, request } = await this.#asked();
    return api.price(path, request, signal);
  }

  /** Once accepted, it stays busy until it is opened again: what is shown next may take a moment to come. */
  async #create() {
    if (this.#button.disabled || this.#lacksPrompt()) return;
    const { signal } = this;
    const asked = this.#asked();
    this.#busy(true);
    this.#say(null);
    try {
      const { path, request } = await asked;
      signal.throwIfAborted();
      this.tell("videos-created", { videos: await this.#pending.send(path, request) });
    } catch (error) {
      this.#busy(false);
      if (!signal.aborted) this.#say(error);
    }
  }

  #lacksPrompt() {
    const isLacking = this.#isCustom && this.#prompt.text.trim() === "";
    this.#prompt.wrong = isLacking ? "Write what should happen in the video." : null;
    if (isLacking) this.#prompt.focus();
    return isLacking;
  }

  #busy(isBusy) {
    this.#isSending = isBusy;
    this.#allow();
  }

  /** An error beside what it is about; null takes it away. */
  #say(error) {
    const ofPrompt = this.#isCustom ? error?.of?.("prompt") : null;
    this.#prompt.wrong = ofPrompt ?? null;
    const text = ofPrompt || !error ? "" : error.errors?.map((it) => it.detail).join(" ") || error.message;
    this.#alert.hidden = text === "";
    this.#alert.textContent = text;
  }
}

/** The one, or all of the person's; among more than a hundred nobody chooses here. */
async function communities(id, signal) {
  return id ? [await api.community(id, signal)] : (await api.communities({ limit: 100 }, signal)).communities;
}

customElements.define("creation-form", CreationForm);
