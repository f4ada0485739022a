/** What few need, folded away: a negative prompt and a seed, where the model takes them. */

import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";

const LONGEST_PROMPT = 2500;
const HIGHEST_SEED = 1_000_000;

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
      maxlength: LONGEST_PROMPT,
      placeholder: "What must not be seen",
    }),
    seed: h("input", { id: "seed", type: "number", min: 1, max: HIGHEST_SEED, inputmode: "numeric" }),
  };
  #fields = h(
    "div",
    { class: "fields", oninput: () => this.tell("options-changed") },
    field("Negative prompt", this.#inputs.negative_prompt),
    field("Seed", this.#inputs.seed, `1 to ${HIGHEST_SEED}; the same one makes similar videos.`),
  );

  start() {
    if (!this.find("details")) this.shadowRoot.append(h("details", {}, h("summary", {}, "More options"), this.#fields));
  }

  set model({ takes_negative_prompt: takesNegative, takes_seed: takesSeed }) {
    this.#inputs.negative_prompt.parentElement.hidden = !takesNegative;
    this.#inputs.seed.parentElement.hidden = !takesSeed;
    this.hidden = !takesNegative && !takesSeed;
  }

  /** As a request says it: null for what is empty, or what the model does not take. */
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

  /** Shows what is wrong with them, by name; the first that is wrong gets the focus. */
  showWrongs(wrongs) {
    const wrong = Object.values(this.#inputs).filter((input) => {
      const text = wrongs[input.id] ?? "";
      input.parentElement.querySelector(".wrong").textContent = text;
      input.setAttribute("aria-invalid", String(text !== ""));
      return text;
    });
    if (!wrong.length) return;
    this.find("details").open = true;
    wrong[0].focus();
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
    h("div", { id: about }, hint && h("p", { class: "hint" }, hint), h("p", { class: "wrong", role: "alert" })),
  );
}

customElements.define("more-options", MoreOptions);
