/** Model, aspect ratio, duration, resolution and variations, as the catalog offers them. Emits `settings-changed`. */

import { estimateUsd } from "../../data/prices.js";
import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { aboutDuration, usd } from "../../lib/format.js";

const DEFAULT_SECONDS = 5;
const MAX_SEGMENTS = 4;
const VARIATIONS = [1, 2, 3, 4];
const PROVIDERS = { kling: "Kling", higgsfield: "Higgsfield" };

const style = sheet(`
:host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.1rem; }
.groups { display: flex; flex-wrap: wrap; gap: 1.1rem 1.5rem; }
fieldset { min-width: 0; margin: 0; padding: 0; border: 0; }
legend { padding: 0; margin-bottom: 0.35rem; font-size: 0.875rem; font-weight: 600; }
.segments { display: flex; flex-wrap: wrap; gap: 0.25rem; padding: 0.2rem; border-radius: 0.75rem; background: var(--sunken); }
.segments label { position: relative; display: flex; align-items: center; justify-content: center; gap: 0.45rem; min-width: 2.75rem; min-height: 2.5rem; padding: 0.2rem 0.7rem; border-radius: 0.6rem; color: var(--quiet); font-weight: 550; cursor: pointer; }
.segments label:hover { color: var(--text); }
.segments label:has(:checked) { background: var(--raised); color: var(--text); box-shadow: var(--shade); }
.segments label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 1px; }
.segments input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer; }
.shape { flex: none; border: 1.75px solid currentColor; border-radius: 3px; }
.seconds { width: auto; min-width: 8rem; }
@media (forced-colors: active) { .segments label:has(:checked) { outline: 2px solid; } }
`);

class VideoSettings extends Element {
  static sheets = [style];
  #models = [];
  #flow = "image";
  /** @type {Settings} */
  #choice = {}; // the user's choices; what the current model lacks is replaced, and returns with another model
  #select = h("select", {
    id: "model",
    "aria-describedby": "notes",
    onchange: () => this.#choose({ model: this.#select.value }),
  });
  #notes = h("p", { id: "notes", class: "hint" });
  #groups = h("div", { class: "groups" });

  start() {
    this.shadowRoot.replaceChildren(
      h("div", { class: "field" }, h("label", { for: "model" }, "Model"), this.#select, this.#notes),
      this.#groups,
    );
    this.#render();
  }

  get models() {
    return this.#models;
  }
  set models(models) {
    this.#models = models;
    this.#render();
  }

  /** "image" or "text". Models that do not support it are disabled. */
  get flow() {
    return this.#flow;
  }
  set flow(flow) {
    this.#flow = flow;
    this.#render();
  }

  /** The request fields, always valid for the model; null before the models are loaded. */
  get value() {
    return this.model && validSettings(this.#choice, this.model, this.#defaultResolution);
  }
  set value(value) {
    this.#choice = { ...this.#choice, ...value };
    this.#render();
  }

  /** @returns {Model | null} the chosen model, or the default one if the chosen one does not support the flow */
  get model() {
    const usable = this.#models.filter((it) => it.flows.includes(this.#flow));
    const role = !this.#isForBots ? "user" : this.#flow === "image" ? "bot" : "bot_without_image";
    return (
      usable.find((it) => it.id === this.#choice.model) ??
      usable.find((it) => it.default_for.includes(role)) ??
      usable[0] ??
      null
    );
  }

  get #isForBots() {
    return this.getAttribute("default-for") === "bot";
  }
  get #defaultResolution() {
    return this.#isForBots ? "1080p" : null;
  }

  #choose(change) {
    this.#choice = { ...this.#choice, ...change };
    this.#render();
    this.emit("settings-changed", { value: this.value });
  }

  #render() {
    const { model, value } = this;
    if (!model || !this.isConnected) return;
    this.#renderModels(value);
    this.#notes.textContent = [
      `Usually takes ${aboutDuration(model.usual_seconds.usually)}.`,
      model.notes,
      this.#substitutionNote(model),
    ]
      .filter(Boolean)
      .join(" ");
    this.#renderGroup("aspect_ratio", "Aspect ratio", model.aspect_ratios, { icon: ratioIcon });
    this.#renderGroup("duration_seconds", "Duration", model.duration_seconds, { text: (it) => `${it} s` });
    this.#renderGroup("resolution", "Resolution", model.resolutions);
    this.#renderGroup("variations", "Variations", VARIATIONS);
  }

  #renderModels(value) {
    const offered = this.#models.map((it) => it.id).join();
    if (this.#select.dataset.offered !== offered) {
      this.#select.dataset.offered = offered;
      const providers = [...new Set(this.#models.map((it) => it.provider))];
      this.#select.replaceChildren(
        ...providers.map((provider) =>
          h(
            "optgroup",
            { label: PROVIDERS[provider] ?? provider },
            this.#models.filter((it) => it.provider === provider).map((it) => h("option", { value: it.id })),
          ),
        ),
      );
    }
    for (const option of this.#select.options) {
      const model = this.#models.find((it) => it.id === option.value);
      const price = usd(
        estimateUsd(model, { ...validSettings(this.#choice, model, this.#defaultResolution), variations: 1 }),
      );
      option.disabled = !model.flows.includes(this.#flow);
      option.textContent = option.disabled
        ? `${model.name} · ${this.#flow === "text" ? "needs an image" : "does not take an image"}`
        : `${model.name} · ${price} per video`;
    }
    this.#select.value = value.model;
  }

  /** Explain why the model is not the one the user chose. */
  #substitutionNote(model) {
    const chosen = this.#models.find((it) => it.id === this.#choice.model);
    if (!chosen || chosen === model) return null;
    return `Selected because ${chosen.name} ${this.#flow === "text" ? "needs an image" : "does not take an image"}.`;
  }

  /** Radio buttons, or a select for many options. A group is rebuilt only when its options change. */
  #renderGroup(name, legend, options, how = {}) {
    let group = this.find(`[data-group="${name}"]`);
    if (group?.dataset.offered !== options.join()) {
      const built =
        options.length > MAX_SEGMENTS
          ? this.#buildSelect(name, legend, options, how)
          : this.#buildSegments(name, legend, options, how);
      built.dataset.group = name;
      built.dataset.offered = options.join();
      if (group) group.replaceWith(built);
      else this.#groups.append(built);
      group = built;
    }
    group.hidden = options.length < 2;
    const chosen = String(this.value[name]);
    for (const input of group.querySelectorAll("input")) input.checked = input.value === chosen;
    for (const select of group.querySelectorAll("select")) select.value = chosen;
  }

  #buildSegments(name, legend, options, { icon = (_) => null, text = String }) {
    return h(
      "fieldset",
      {},
      h("legend", {}, legend),
      h(
        "div",
        { class: "segments" },
        options.map((option) =>
          h(
            "label",
            {},
            h("input", { type: "radio", name, value: option, onchange: () => this.#choose({ [name]: option }) }),
            icon(option),
            text(option),
          ),
        ),
      ),
    );
  }

  #buildSelect(name, legend, options, { text = String }) {
    const onchange = ({ target }) => this.#choose({ [name]: options[target.selectedIndex] });
    return h(
      "div",
      {},
      h("label", { class: "legend", for: name }, legend),
      h(
        "select",
        { id: name, class: "seconds", onchange },
        options.map((option) => h("option", { value: option }, text(option))),
      ),
    );
  }
}

/** Return the user's choices where the model offers them, otherwise the defaults, otherwise the model's first options. */
function validSettings(choice, model, defaultResolution) {
  const pick = (offered, ...preferred) => preferred.find((it) => offered.includes(it)) ?? offered[0];
  return {
    model: model.id,
    duration_seconds: pick(model.duration_seconds, choice.duration_seconds, DEFAULT_SECONDS),
    aspect_ratio: pick(model.aspect_ratios, choice.aspect_ratio),
    resolution: pick(model.resolutions, choice.resolution, defaultResolution),
    variations: pick(VARIATIONS, choice.variations),
  };
}

function ratioIcon(ratio) {
  const [x, y] = ratio.split(":").map(Number);
  const node = h("span", { class: "shape", "aria-hidden": "true" });
  node.style.width = `${(x / Math.max(x, y)) * 1.25}rem`;
  node.style.height = `${(y / Math.max(x, y)) * 1.25}rem`;
  return node;
}

customElements.define("video-settings", VideoSettings);
