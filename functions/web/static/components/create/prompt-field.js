/** The prompt field: free text, or the text of a template until it is edited. Emits `prompt-changed` and `prompt-submitted`. */

import * as api from "../../data/api.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { importOrNotify } from "../../lib/lazy-import.js";

const style = sheet(`
:host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.35rem; }
.over, .under { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.25rem 0.75rem; }
.over button { margin-block: -0.4rem; padding: 0.2rem 0.6rem; color: var(--accent); font-size: 0.875rem; }
.counter { margin-inline-start: auto; font-variant-numeric: tabular-nums; }
textarea { min-height: 6.5rem; max-height: 24rem; field-sizing: content; }
`);

class PromptField extends Element {
  static sheets = [style];
  #flow = "text";
  #maxChars = Infinity; // until the model is known
  #template = null; // { template, variables, text }, until the text is edited
  #picker = null;
  #text = h("textarea", {
    id: "prompt",
    "aria-describedby": "error counter",
    placeholder:
      "Describe the action, the camera and the mood. For example: She turns to the window and smiles, slow push-in, warm evening light.",
    oninput: () => this.#edited(),
    onkeydown: (event) => this.#submitByKey(event),
  });
  #counter = h("span", { id: "counter", class: "hint counter" });
  #error = h("p", { id: "error", class: "error", role: "alert" });

  start() {
    this.shadowRoot.replaceChildren(
      h(
        "div",
        { class: "over" },
        h("label", { for: "prompt" }, "Prompt"),
        h(
          "button",
          { type: "button", class: "plain", onclick: () => this.#openTemplates() },
          icon("sparkle"),
          "Templates",
        ),
      ),
      this.#text,
      h("div", { class: "under" }, this.#error, this.#counter),
    );
    this.#count();
  }

  focus(options) {
    this.#text.focus(options);
  }

  get text() {
    return this.#text.value;
  }

  /** The request fields: `{ prompt }`, or `{ template, variables }` while the template's text is unedited. */
  get requestFields() {
    if (!this.#template) return { prompt: this.text };
    return { template: this.#template.template.id, variables: this.#template.variables };
  }

  /** `{ text, template }`, to be stored and restored. */
  get draft() {
    return { text: this.text, template: this.#template };
  }
  set draft({ text, template }) {
    this.#text.value = text;
    this.#template = template;
    this.#count();
  }

  /** The maximum length that the model takes. */
  set maxChars(maxChars) {
    this.#maxChars = maxChars;
    this.#count();
  }

  /** "image" or "text". A template has a different text for each. */
  set flow(flow) {
    if (flow === this.#flow) return;
    this.#flow = flow;
    if (this.#template) this.#renderAgain(this.#template);
  }

  set error(text) {
    this.#error.textContent = text ?? "";
    if (text) this.#text.setAttribute("aria-invalid", "true");
    else this.#text.removeAttribute("aria-invalid");
  }

  #edited() {
    this.#template = null;
    this.error = null;
    this.#changed();
  }

  #changed() {
    this.#count();
    this.emit("prompt-changed");
  }

  #count() {
    const isTooLong = this.text.trim().length > this.#maxChars;
    const limit = Number.isFinite(this.#maxChars) ? ` / ${this.#maxChars}` : "";
    this.#counter.textContent = `${this.text.length}${limit}${isTooLong ? " · too long" : ""}`;
    this.#counter.classList.toggle("error", isTooLong);
  }

  #submitByKey(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!event.repeat) this.emit("prompt-submitted");
  }

  async #openTemplates() {
    if (!(await importOrNotify(() => import("./template-picker.js")))) return;
    try {
      const templates = await api.templates();
      this.#picker ??= h("template-picker", { "ontemplate-chosen": ({ detail }) => this.#use(detail) });
      if (!this.#picker.isConnected) this.shadowRoot.append(this.#picker);
      Object.assign(this.#picker, { templates, flow: this.#flow });
      this.#picker.open();
    } catch (error) {
      this.error = error.message;
    }
  }

  #use(chosen) {
    this.draft = { text: chosen.text, template: chosen };
    this.error = null;
    this.#changed();
    this.focus();
  }

  async #renderAgain(chosen) {
    const templates = await importOrNotify(() => import("../../data/render-template.js"));
    if (!templates || this.#template !== chosen) return; // the user edited the text meanwhile
    const { template, variables } = chosen;
    if (!template.flows.includes(this.#flow))
      this.#template = null; // it becomes plain text
    else this.draft = { text: templates.renderTemplate(template, variables, this.#flow), template: chosen };
    this.#changed();
  }
}

customElements.define("prompt-field", PromptField);
