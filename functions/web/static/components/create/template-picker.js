/** The template dialog: the list by category, then one template with its variables and a preview. Emits `template-chosen`. */

import { renderTemplate, variablesFor } from "../../data/render-template.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";

const style = sheet(`
dialog { width: min(46rem, 100vw - 2rem); }
.inside { display: grid; gap: 1.25rem; padding: clamp(1rem, 0.5rem + 2vw, 1.75rem); }
.head { display: flex; align-items: center; gap: 0.5rem; }
.head h2 { flex: 1; outline: none; }
section { display: grid; gap: 0.5rem; }
h3 { color: var(--quiet); font-size: 0.8125rem; text-transform: capitalize; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 0.5rem; }
.cards button { display: grid; justify-content: stretch; align-content: start; gap: 0.15rem; padding: 0.7rem 0.9rem; border-radius: 0.75rem; text-align: start; }
.cards span { font-size: 0.8125rem; font-weight: 400; line-height: 1.4; color: var(--quiet); }
.cards button:disabled { opacity: 0.65; }
form { display: grid; gap: 1rem; }
blockquote { margin: 0; padding: 0.9rem 1rem; border-radius: 0.75rem; background: var(--sunken); font-size: 0.9375rem; overflow-wrap: anywhere; }
.actions { justify-content: flex-end; }
`);

class TemplatePicker extends Element {
  static sheets = [style];
  #templates = [];
  #flow = "text";
  #content = h("div", { class: "inside" });
  #dialog = h("dialog", { "aria-labelledby": "title" }, this.#content);

  start() {
    this.shadowRoot.replaceChildren(this.#dialog);
  }

  /** The result of api.templates(). Templates of community videos are left out. */
  set templates(templates) {
    this.#templates = templates.filter((it) => it.category !== "community");
  }

  /** "image" or "text": whether there is a source image. */
  set flow(flow) {
    this.#flow = flow;
  }

  open() {
    this.#showList();
    this.#dialog.showModal();
  }

  close() {
    this.#dialog.close();
  }

  #showList(chosen) {
    const categories = [...new Set(this.#templates.map((it) => it.category))];
    this.#content.replaceChildren(
      this.#header("Templates"),
      ...categories.map((category) =>
        h(
          "section",
          {},
          h("h3", {}, category),
          h(
            "div",
            { class: "cards" },
            this.#templates.filter((it) => it.category === category).map((it) => this.#card(it)),
          ),
        ),
      ),
    );
    this.find(chosen ? `[data-id="${chosen.id}"]` : "h2").focus();
  }

  #card(template) {
    const isUsable = template.flows.includes(this.#flow);
    return h(
      "button",
      { type: "button", disabled: !isUsable, "data-id": template.id, onclick: () => this.#showTemplate(template) },
      template.name,
      h("span", {}, isUsable ? template.description : `Needs ${this.#flow === "text" ? "an" : "no"} image.`),
    );
  }

  #header(title, back) {
    return h(
      "div",
      { class: "head" },
      back && h("button", { type: "button", class: "plain", onclick: back }, "Back"),
      h("h2", { id: "title", tabindex: "-1" }, title),
      h(
        "button",
        { type: "button", class: "plain round", "aria-label": "Close", onclick: () => this.close() },
        icon("close"),
      ),
    );
  }

  #showTemplate(template) {
    const values = {};
    const preview = h("blockquote", { "aria-label": "Prompt" });
    const show = () => {
      preview.textContent = renderTemplate(template, values, this.#flow);
    };
    const fields = variablesFor(template, this.#flow).map((it) =>
      field(it, (text) => {
        values[it.name] = text;
        show();
      }),
    );
    show();
    this.#content.replaceChildren(
      this.#header(template.name, () => this.#showList(template)),
      h("p", { class: "quiet" }, template.description),
      h(
        "form",
        {
          onsubmit: (event) => {
            event.preventDefault();
            this.#use(template, values);
          },
        },
        fields,
        preview,
        h("div", { class: "row actions" }, h("button", { class: "main" }, "Use this template")),
      ),
    );
    (this.find("form input") ?? this.find("h2")).focus();
  }

  #use(template, values) {
    const variables = Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim()));
    this.close();
    this.emit("template-chosen", { template, variables, text: renderTemplate(template, variables, this.#flow) });
  }
}

function field(variable, oninput) {
  const id = `variable-${variable.name}`;
  const hint = variable.default && `Default: ${variable.default}`;
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, variable.label, !variable.required && h("span", { class: "hint" }, " (optional)")),
    h("input", {
      id,
      autocomplete: "off",
      required: variable.required,
      maxlength: variable.longest,
      placeholder: variable.example ?? "",
      "aria-describedby": hint ? `${id}-hint` : undefined,
      oninput: ({ target }) => oninput(target.value),
    }),
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint),
  );
}

customElements.define("template-picker", TemplatePicker);
