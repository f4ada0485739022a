/** The shots of a video: a switch, and a row per shot with its prompt and seconds. The seconds always add up to the duration. */

import { firstShots, maxSeconds, total, withAddedShot, withoutShot, withSeconds } from "../../../data/shots.js";
import { announce, h, icon, sheet } from "../../../lib/dom.js";
import { OptionField } from "./option-field.js";
import "./option-switch.js";

const style = sheet(`
:host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.5rem; }
#hint:empty { display: none; }
.editor { display: grid; gap: 0.5rem; }
ol { display: grid; gap: 0.5rem; margin: 0; padding: 0; list-style: none; }
li { display: grid; grid-template-columns: 1.25rem minmax(0, 1fr) 5rem 2.75rem; gap: 0.4rem; align-items: start; }
li > span { padding-top: 0.6rem; color: var(--quiet); font-size: 0.875rem; font-variant-numeric: tabular-nums; }
li textarea { min-height: 2.75rem; field-sizing: content; max-height: 9rem; }
.seconds { position: relative; }
.seconds input { padding-inline-end: 1.6rem; font-variant-numeric: tabular-nums; }
.seconds span { position: absolute; inset-block: 0; inset-inline-end: 0.7rem; display: grid; align-items: center; color: var(--quiet); pointer-events: none; }
.under { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.4rem 1rem; }
.sum { font-variant-numeric: tabular-nums; }
@media (max-width: 26rem) {
  li { grid-template-columns: 1.25rem minmax(0, 1fr) 2.75rem; }
  .seconds { grid-area: 2 / 2; max-width: 6rem; }
}
`);

class ShotsEditor extends OptionField {
  static sheets = [style];
  /** @type {import("../../../data/shots.js").Shot[]} */
  #shots = [];
  #hasTexts = false; // whether there are shots from before the switch was turned off
  #seconds = 0;
  #invalidIndex = 0;
  #switch = h("option-switch", { field: "shots" });
  #rows = h("ol", { "aria-label": "Shots" });
  #sum = h("span", { class: "hint sum" });
  #add = h("button", { type: "button", class: "chip", onclick: () => this.#addShot() }, icon("plus"), "Add shot");
  #region = h("span", { class: "visually-hidden", role: "status" });
  #editor = h("div", { class: "editor" }, this.#rows, h("div", { class: "under" }, this.#add, this.#sum), this.#region);
  /** @type {() => string} returns the prompt for the first shot */
  promptSoFar = () => "";

  build() {
    this.#switch.addEventListener("option-changed", (event) => this.#turn(event));
    return [this.#switch, this.#editor];
  }

  get isOn() {
    return !this.#editor.hidden;
  }

  render({ value, used, ...state }) {
    const { spec, seconds } = state;
    this.find("#hint").textContent = ""; // the switch shows it
    this.#switch.show({ ...state, value: used !== null, used: used !== null });
    this.#editor.hidden = used === null;
    this.#hasTexts = value !== null;
    this.#seconds = seconds;
    if (used === null) return;
    this.#shots = used;
    while (this.#rows.children.length > used.length) this.#rows.lastChild.remove();
    while (this.#rows.children.length < used.length) this.#rows.append(this.#row(this.#rows.children.length));
    used.forEach((shot, index) => this.#fill(index, shot, spec.max_chars));
    this.#add.disabled = used.length >= Math.min(spec.maximum ?? Infinity, seconds);
    this.#sum.textContent = [`${total(used)} s of ${seconds} s`, spec.maximum && `up to ${spec.maximum} shots`]
      .filter(Boolean)
      .join(" · ");
  }

  set error(text) {
    super.error = text;
    const number = /^Shot (\d+):/.exec(text ?? "")?.[1];
    this.#invalidIndex = number ? Number(number) - 1 : 0;
    if (!number) return;
    for (const control of this.#rows.querySelectorAll("input, textarea")) control.setAttribute("aria-invalid", "false");
    this.#rows.children[this.#invalidIndex]?.querySelector("textarea").setAttribute("aria-invalid", "true");
  }

  /** Focus the shot that the error is about. */
  focus() {
    if (this.isOn) this.#focusShot(this.#invalidIndex);
    else this.#switch.focus();
  }

  #focusShot(index) {
    this.#rows.children[index]?.querySelector("textarea").focus();
  }

  #row(index) {
    const [name, n] = [`Shot ${index + 1}`, index];
    const seconds = h("input", {
      type: "number",
      min: 1,
      step: 1,
      inputmode: "numeric",
      "aria-label": `Seconds of shot ${n + 1}`,
    });
    seconds.addEventListener("change", () => this.#change(withSeconds(this.#shots, n, seconds.valueAsNumber)));
    const prompt = h("textarea", { rows: 1, "aria-label": `Prompt of shot ${n + 1}`, "aria-describedby": "error" });
    prompt.placeholder = n === 0 ? "What happens first" : "What happens next";
    prompt.addEventListener("input", () => this.#setPrompt(n, prompt.value));
    const remove = h(
      "button",
      { type: "button", class: "plain round", "aria-label": `Remove shot ${n + 1}` },
      icon("trash"),
    );
    remove.addEventListener("click", () => this.#remove(n));
    return h(
      "li",
      { "aria-label": name },
      h("span", { "aria-hidden": "true" }, n + 1),
      prompt,
      h("div", { class: "seconds" }, seconds, h("span", { "aria-hidden": "true" }, "s")),
      remove,
    );
  }

  #fill(index, { prompt, duration_seconds: seconds }, maxChars) {
    const row = this.#rows.children[index];
    const [text, number, remove] = [
      row.querySelector("textarea"),
      row.querySelector("input"),
      row.querySelector("button"),
    ];
    if (text.value !== prompt) text.value = prompt;
    if (maxChars) text.maxLength = maxChars;
    number.value = String(seconds);
    number.max = String(maxSeconds(this.#shots, index));
    remove.disabled = this.#shots.length <= 2;
  }

  #turn(event) {
    event.stopPropagation();
    this.error = null;
    const isNew = event.detail.shots && !this.#hasTexts;
    const shots = isNew ? { shots: firstShots(this.promptSoFar(), this.#seconds) } : {};
    this.emit("option-changed", { has_shots: event.detail.shots, ...shots });
  }

  #change(shots) {
    const lengths = shots.map((it) => `${it.duration_seconds} s`).join(", ");
    this.choose(shots);
    announce(this.#region, `Shots: ${lengths}`);
  }

  #setPrompt(index, prompt) {
    this.choose(this.#shots.map((it, i) => (i === index ? { ...it, prompt } : it)));
  }

  #addShot() {
    this.#change(withAddedShot(this.#shots, this.#seconds));
    this.#focusShot(this.#shots.length - 1);
  }

  #remove(index) {
    this.#change(withoutShot(this.#shots, index));
    this.#focusShot(Math.min(index, this.#shots.length - 1));
  }
}

customElements.define("shots-editor", ShotsEditor);
