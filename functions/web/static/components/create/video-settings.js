/** Model, format, variations, sound and shots, as the catalog offers them. Emits `option-changed`. */

import { offered } from "../../data/option-rules.js";
import { optionState } from "../../data/option-state.js";
import { fieldLabel, valueText } from "../../data/option-words.js";
import { announce, h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import "./model-select.js";
import "./options/choice-group.js";
import "./options/option-switch.js";
import "./options/shots-editor.js";

const FORMAT = ["aspect_ratio", "duration_seconds", "resolution"];
const VARIATIONS = [1, 2, 3, 4];
const NO_OBSTACLES = new Map();

const style = sheet(`
:host { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.1rem; }
.groups { display: flex; flex-wrap: wrap; gap: 1.1rem 1.5rem; }
.switches { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.35rem; }
.switches:not(:has(> :not([hidden]))) { display: none; }
`);

class VideoSettings extends Element {
  static sheets = [style];
  #select = h("model-select");
  #groups = Object.fromEntries(FORMAT.map((field) => [field, h("choice-group", { field })]));
  #variations = h("choice-group", { field: "variations", label: "Variations" });
  #sound = h("option-switch", { field: "sound" });
  #region = h("p", { class: "visually-hidden", role: "status" });
  #announced = "";
  shots = h("shots-editor", { field: "shots" });

  start() {
    if (this.find("model-select")) return;
    const groups = h("div", { class: "groups" }, Object.values(this.#groups), this.#variations);
    const switches = h("div", { class: "switches" }, this.#sound, this.shots);
    this.shadowRoot.append(this.#select, groups, switches, this.#region);
  }

  /** @param {import("../../data/video-choice.js").VideoChoice} choice with a model */
  show(choice) {
    const { fields } = choice;
    this.#select.show(choice);
    for (const field of FORMAT) this.#showGroup(choice, field);
    this.#variations.show({ value: choice.variations, values: VARIATIONS, obstacles: NO_OBSTACLES });
    for (const node of [this.#sound, this.shots]) {
      node.hidden = !(node.field in choice.options);
      if (!node.hidden) node.show(optionState(choice, node.field));
    }
    this.#announceChanges(choice, fields);
  }

  /** The elements that show an error about a field. */
  get errorFields() {
    return [this.#select, ...Object.values(this.#groups), this.#variations, this.#sound, this.shots];
  }

  #showGroup(choice, field) {
    const values = offered(choice.model, field);
    const reasons = values.map((value) => [value, choice.obstacle(field, value)]).filter(([, reason]) => reason);
    const obstacles = new Map(/** @type {[any, string][]} */ (reasons));
    const changed = choice.changes.filter((it) => it.field === field).map((it) => it.reason);
    const hint = [...new Set([...obstacles.values(), ...changed])].join(" ");
    this.#groups[field].show({ value: choice.fields[field], values, obstacles, hint });
  }

  /** Tell screen readers which part of the format a rule has changed. */
  #announceChanges({ changes }, fields) {
    const texts = changes
      .filter(({ field }) => FORMAT.includes(field))
      .map(({ field, reason }) => `${fieldLabel(field)} changed to ${valueText(field, fields[field])}. ${reason}`);
    const text = texts.join(" ");
    if (text && text !== this.#announced) announce(this.#region, text);
    this.#announced = text;
  }
}

customElements.define("video-settings", VideoSettings);
