/** The model, grouped by provider, each with its price for the chosen format and options. Emits `option-changed`. */

import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { aboutDuration, usd } from "../../lib/format.js";

const PROVIDERS = { kling: "Kling", higgsfield: "Higgsfield" };

const style = sheet(`
:host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.35rem; }
select { text-overflow: ellipsis; }
#error:empty { display: none; }
`);

class ModelSelect extends Element {
  static sheets = [style];
  #select = h("select", {
    id: "model",
    "aria-describedby": "notes error",
    onchange: () => this.#choose(),
  });
  #notes = h("p", { id: "notes", class: "hint" });
  #error = h("p", { id: "error", class: "error", role: "alert" });

  start() {
    if (this.find("select")) return;
    this.shadowRoot.append(h("label", { for: "model" }, "Model"), this.#select, this.#notes, this.#error);
  }

  field = "model";

  focus() {
    this.#select.focus();
  }

  set error(text) {
    this.#error.textContent = text ?? "";
    this.#select.setAttribute("aria-invalid", String(Boolean(text)));
  }

  /** @param {import("../../data/video-choice.js").VideoChoice} choice with a model */
  show(choice) {
    const { model, models } = choice;
    const ids = models.map((it) => it.id).join();
    if (this.#select.dataset.offered !== ids) {
      this.#select.dataset.offered = ids;
      this.#select.replaceChildren(...optionGroups(models));
    }
    for (const option of this.#select.options) {
      const it = models.find(({ id }) => id === option.value);
      option.disabled = !it.flows.includes(choice.flow);
      const text = option.disabled ? flowText(choice.flow) : `${usd(choice.priceWith({}, it))} per video`;
      option.textContent = `${it.name} · ${text}`;
    }
    this.#select.value = model.id;
    const usually = `Usually takes ${aboutDuration(model.usual_seconds.usually)}.`;
    this.#notes.textContent = [usually, model.notes, substitution(choice)].filter(Boolean).join(" ");
  }

  #choose() {
    this.error = null;
    this.emit("option-changed", { model: this.#select.value });
  }
}

function optionGroups(models) {
  const providers = [...new Set(models.map((it) => it.provider))];
  return providers.map((provider) => {
    const options = models.filter((it) => it.provider === provider).map((it) => h("option", { value: it.id }));
    return h("optgroup", { label: PROVIDERS[provider] ?? provider }, options);
  });
}

/** Explain why the model is not the one the user chose. */
function substitution({ model, models, wantedModel, flow }) {
  if (!wantedModel || wantedModel === model.id) return null;
  const wanted = models.find((it) => it.id === wantedModel);
  if (!wanted) return `${wantedModel} is no longer available, so ${model.name} is selected.`;
  return `Selected because ${wanted.name} ${flowText(flow)}.`;
}

const flowText = (flow) => (flow === "text" ? "needs an image" : "does not take an image");

customElements.define("model-select", ModelSelect);
