/** Advanced options in a collapsed section: negative prompt and seed, where the model takes them. */

import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";

const style = sheet(`
summary { width: fit-content; padding: 0.6rem 0; border-radius: 0.5rem; cursor: pointer; font-size: 0.9375rem; font-weight: 550; }
.fields { display: grid; gap: 1rem; padding-top: 0.5rem; }
textarea { min-height: 4.5rem; }
#seed { max-width: 14rem; }
`);

class MoreOptions extends Element {
  static sheets = [style];
  #inputs = {
    negative_prompt: h("textarea", {
      id: "negative_prompt",
      placeholder: "What to avoid",
    }),
    seed: h("input", { id: "seed", type: "number", min: 1, inputmode: "numeric" }),
  };
  #seedHint = h("p", { class: "hint" });
  #fields = h(
    "div",
    { class: "fields", oninput: () => this.emit("options-changed") },
    field("Negative prompt", this.#inputs.negative_prompt),
    field("Seed", this.#inputs.seed, this.#seedHint),
  );

  start() {
    if (!this.find("details")) this.shadowRoot.append(h("details", {}, h("summary", {}, "More options"), this.#fields));
  }

  set model({ takes_negative_prompt: takesNegative, takes_seed: takesSeed, limits }) {
    this.#inputs.negative_prompt.maxLength = limits.max_prompt_chars;
    this.#inputs.seed.max = String(limits.max_seed ?? "");
    this.#seedHint.textContent = `1 to ${limits.max_seed}. The same seed gives similar videos.`;
    this.#inputs.negative_prompt.parentElement.hidden = !takesNegative;
    this.#inputs.seed.parentElement.hidden = !takesSeed;
    this.hidden = !takesNegative && !takesSeed;
  }

  /** The request fields. Null for an empty field, or one that the model does not take. */
  get value() {
    const { negative_prompt: negative, seed } = this.#inputs;
    const isTaken = (input) => !input.parentElement.hidden;
    return {
      negative_prompt: (isTaken(negative) && negative.value.trim()) || null,
      seed: (isTaken(seed) && seed.valueAsNumber) || null,
    };
  }

  set value(value) {
    for (const [name, input] of Object.entries(this.#inputs)) input.value = value[name] ?? "";
  }

  /** Show the errors by field name, and focus the first. */
  showErrors(errors) {
    const invalid = Object.values(this.#inputs).filter((input) => {
      const text = errors[input.id] ?? "";
      input.parentElement.querySelector(".error").textContent = text;
      input.setAttribute("aria-invalid", String(text !== ""));
      return text;
    });
    if (!invalid.length) return;
    this.find("details").open = true;
    invalid[0].focus();
  }
}

function field(label, input, hint) {
  const about = `${input.id}-about`;
  input.setAttribute("aria-describedby", about);
  return h(
    "div",
    { class: "field" },
    h("label", { for: input.id }, label),
    input,
    h("div", { id: about }, hint, h("p", { class: "error", role: "alert" })),
  );
}

customElements.define("more-options", MoreOptions);
