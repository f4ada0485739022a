/** Model, ratio, duration, resolution and variations: whatever the models offer, and nothing else. */

import { estimatedUsd } from "../../data/prices.js";
import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { about, usd } from "../../lib/format.js";

const USUAL_SECONDS = 5;
const MOST_SEGMENTS = 4;
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
  #wish = {}; // what was chosen; what a model lacks is replaced for as long as it is the model
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

  /** "image" or "text": models that cannot work from it cannot be chosen. */
  get flow() {
    return this.#flow;
  }
  set flow(flow) {
    this.#flow = flow;
    this.#render();
  }

  /** `{ model, duration_seconds, aspect_ratio, resolution, variations }`, always as the model offers it; null without models. */
  get value() {
    return this.model && fitted(this.#wish, this.model, this.#usualResolution);
  }
  set value(value) {
    this.#wish = { ...this.#wish, ...value };
    this.#render();
  }

  /** The chosen model's entry; the default one where the chosen one cannot work from this flow. */
  get model() {
    const usable = this.#models.filter((it) => it.flows.includes(this.#flow));
    const wanted = !this.#isForBots ? "user" : this.#flow === "image" ? "bot" : "bot_without_image";
    return (
      usable.find((it) => it.id === this.#wish.model) ??
      usable.find((it) => it.default_for.includes(wanted)) ??
      usable[0] ??
      null
    );
  }

  get #isForBots() {
    return this.getAttribute("default-for") === "bot";
  }
  get #usualResolution() {
    return this.#isForBots ? "1080p" : null;
  }

  #choose(change) {
    this.#wish = { ...this.#wish, ...change };
    this.#render();
    this.tell("settings-changed", { value: this.value });
  }

  #render() {
    const { model, value } = this;
    if (!model || !this.isConnected) return;
    this.#renderModels(value);
    this.#notes.textContent = [
      `Usually takes ${about(model.usual_seconds.usually)}.`,
      model.notes,
      this.#instead(model),
    ]
      .filter(Boolean)
      .join(" ");
    this.#renderGroup("aspect_ratio", "Aspect ratio", model.aspect_ratios, { draw: shape });
    this.#renderGroup("duration_seconds", "Duration", model.duration_seconds, { word: (it) => `${it} s` });
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
      const price = usd(estimatedUsd(model, { ...fitted(this.#wish, model, this.#usualResolution), variations: 1 }));
      option.disabled = !model.flows.includes(this.#flow);
      option.textContent = option.disabled
        ? `${model.name} · ${this.#flow === "text" ? "needs an image" : "takes no image"}`
        : `${model.name} · ${price} a video`;
    }
    this.#select.value = value.model;
  }

  /** Says so where the person chose another model. */
  #instead(model) {
    const wished = this.#models.find((it) => it.id === this.#wish.model);
    if (!wished || wished === model) return null;
    return `Chosen because ${wished.name} ${this.#flow === "text" ? "needs an image" : "takes no image"}.`;
  }

  /** Radio buttons, or a select where they would be many. A group is built again only when what is offered changes. */
  #renderGroup(name, legend, options, how = {}) {
    let group = this.find(`[data-group="${name}"]`);
    if (group?.dataset.offered !== options.join()) {
      const made =
        options.length > MOST_SEGMENTS
          ? this.#selectOf(name, legend, options, how)
          : this.#segmentsOf(name, legend, options, how);
      made.dataset.group = name;
      made.dataset.offered = options.join();
      if (group) group.replaceWith(made);
      else this.#groups.append(made);
      group = made;
    }
    group.hidden = options.length < 2;
    const chosen = String(this.value[name]);
    for (const input of group.querySelectorAll("input")) input.checked = input.value === chosen;
    for (const select of group.querySelectorAll("select")) select.value = chosen;
  }

  #segmentsOf(name, legend, options, { draw = () => null, word = String }) {
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
            draw(option),
            word(option),
          ),
        ),
      ),
    );
  }

  #selectOf(name, legend, options, { word = String }) {
    const onchange = ({ target }) => this.#choose({ [name]: options[target.selectedIndex] });
    return h(
      "div",
      {},
      h("label", { class: "legend", for: name }, legend),
      h(
        "select",
        { id: name, class: "seconds", onchange },
        options.map((option) => h("option", { value: option }, word(option))),
      ),
    );
  }
}

/** The wish as far as the model offers it, else what is usual, else the model's first choice. */
function fitted(wish, model, usualResolution) {
  const among = (offered, ...wanted) => wanted.find((it) => offered.includes(it)) ?? offered[0];
  return {
    model: model.id,
    duration_seconds: among(model.duration_seconds, wish.duration_seconds, USUAL_SECONDS),
    aspect_ratio: among(model.aspect_ratios, wish.aspect_ratio),
    resolution: among(model.resolutions, wish.resolution, usualResolution),
    variations: among(VARIATIONS, wish.variations),
  };
}

function shape(ratio) {
  const [across, down] = ratio.split(":").map(Number);
  const drawn = h("span", { class: "shape", "aria-hidden": "true" });
  drawn.style.width = `${(across / Math.max(across, down)) * 1.25}rem`;
  drawn.style.height = `${(down / Math.max(across, down)) * 1.25}rem`;
  return drawn;
}

customElements.define("video-settings", VideoSettings);
