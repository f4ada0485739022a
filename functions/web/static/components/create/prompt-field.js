/** The prompt: written by hand, or a template's words, which stay the template's until they are edited. */

import * as api from "../../data/api.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { importOrNotify } from "../../lib/lazy-import.js";

const LONGEST = 2500;

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
  #template = null; // { template, variables, wording }, until the wording is edited
  #picker = null;
  #text = h("textarea", {
    id: "prompt",
    "aria-describedby": "wrong counter",
    placeholder:
      "What happens, how the camera moves, and the mood: She turns to the window and smiles, slow push-in, warm evening light.",
    oninput: () => this.#edited(),
    onkeydown: (event) => this.#submitByKey(event),
  });
  #counter = h("span", { id: "counter", class: "hint counter" });
  #wrong = h("p", { id: "wrong", class: "wrong", role: "alert" });

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
      h("div", { class: "under" }, this.#wrong, this.#counter),
    );
    this.#count();
  }

  focus(options) {
    this.#text.focus(options);
  }

  get text() {
    return this.#text.value;
  }

  /** What a request says: `{ prompt }`, or `{ template, variables }` while those words are untouched. */
  get words() {
    if (!this.#template) return { prompt: this.text };
    return { template: this.#template.template.id, variables: this.#template.variables };
  }

  /** `{ text, template }`, to be kept and set again. */
  get draft() {
    return { text: this.text, template: this.#template };
  }
  set draft({ text, template }) {
    this.#text.value = text;
    this.#template = template;
    this.#count();
  }

  /** "image" or "text". A template's words are others for each. */
  set flow(flow) {
    if (flow === this.#flow) return;
    this.#flow = flow;
    if (this.#template) this.#wordAnew(this.#template);
  }

  set wrong(text) {
    this.#wrong.textContent = text ?? "";
    if (text) this.#text.setAttribute("aria-invalid", "true");
    else this.#text.removeAttribute("aria-invalid");
  }

  #edited() {
    this.#template = null;
    this.wrong = null;
    this.#changed();
  }

  #changed() {
    this.#count();
    this.tell("prompt-changed");
  }

  #count() {
    const isTooLong = this.text.trim().length > LONGEST;
    this.#counter.textContent = `${this.text.length} / ${LONGEST}${isTooLong ? " · too long" : ""}`;
    this.#counter.classList.toggle("wrong", isTooLong);
  }

  #submitByKey(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!event.repeat) this.tell("prompt-submitted");
  }

  async #openTemplates() {
    if (!(await importOrNotify(() => import("./template-picker.js")))) return;
    try {
      const templates = await api.templates();
      this.#picker ??= h("template-picker", { "ontemplate-chosen": ({ detail }) => this.#take(detail) });
      if (!this.#picker.isConnected) this.shadowRoot.append(this.#picker);
      Object.assign(this.#picker, { templates, flow: this.#flow });
      this.#picker.open();
    } catch (error) {
      this.wrong = error.message;
    }
  }

  #take(chosen) {
    this.draft = { text: chosen.wording, template: chosen };
    this.wrong = null;
    this.#changed();
    this.focus();
  }

  async #wordAnew(chosen) {
    const wording = await importOrNotify(() => import("../../data/render-template.js"));
    if (!wording || this.#template !== chosen) return; // edited meanwhile
    const { template, variables } = chosen;
    if (!template.flows.includes(this.#flow))
      this.#template = null; // then they are but a text
    else this.draft = { text: wording.worded(template, variables, this.#flow), template: chosen };
    this.#changed();
  }
}

customElements.define("prompt-field", PromptField);
