/** The form to create or edit a community: names, instructions, avatar and token. Emits `community-saved`. */

import * as api from "../../data/api.js";
import {
  errorsByField,
  isTaken,
  MAX_ID_CHARS,
  MAX_INSTRUCTIONS_CHARS,
  suggestId,
  validate,
} from "../../data/community-fields.js";
import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { toast } from "../../lib/toast-stack.js";
import "../create/image-picker.js";

const style = sheet(`
form { display: grid; gap: 1.25rem; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); gap: 1.25rem; }
.under { display: flex; justify-content: space-between; gap: 1rem; }
.count { font-variant-numeric: tabular-nums; white-space: nowrap; }
#agent_instructions { min-height: 9rem; }
.end { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem; }
.skeleton { height: 24rem; }
`);

class CommunityForm extends Element {
  static sheets = [style];
  #avatar = h("image-picker", {
    label: "Avatar",
    hint: "Or drop one. Videos are generated from it. A square image works best.",
  });
  #randomSuffix = crypto.randomUUID().slice(0, 6);
  #hasOwnId = false; // once the user has edited the address, it no longer follows the name

  get #id() {
    return this.getAttribute("community-id");
  }

  async start() {
    if (this.find("form")) return; // the element was moved: the user's text stays
    if (!this.#id) return this.#render({});
    this.shadowRoot.replaceChildren(h("div", { class: "skeleton", "aria-hidden": "true" }));
    try {
      this.#render(await api.community(this.#id, this.signal));
    } catch (error) {
      if (this.signal.aborted) return;
      const button = h("button", { type: "button", class: "chip", onclick: () => this.start() }, "Try again");
      this.shadowRoot.replaceChildren(h("div", { class: "notice bad", role: "alert" }, error.message, button));
    }
  }

  #render(community) {
    this.addEventListener("dragover", (event) => event.preventDefault(), { signal: this.signal });
    this.addEventListener("drop", (event) => this.#drop(event), { signal: this.signal });
    const onsubmit = (event) => {
      event.preventDefault();
      this.#save();
    };
    const form = h(
      "form",
      { class: "panel", novalidate: true, onsubmit, oninput: ({ target }) => this.#edited(target) },
      this.#avatar,
      this.#fields(community),
      h("div", { class: "notice bad", role: "alert", hidden: true }),
      h("div", { class: "end" }, h("button", { class: "main" }, this.#id ? "Save" : "Create community")),
    );
    this.shadowRoot.replaceChildren(form);
    this.#checkAvatar();
    this.#avatar.storedImage = storedAvatar(community);
    this.#count();
  }

  #fields({ name, agent_name: agentName, agent_instructions: instructions, token_name: token, token_symbol: symbol }) {
    const idHint = "Letters, digits, - and _. You cannot change it later.";
    const idField = { maxlength: MAX_ID_CHARS, required: true, autocapitalize: "none", spellcheck: "false" };
    const symbolField = { maxlength: "16", autocapitalize: "characters", spellcheck: "false" };
    return [
      h(
        "div",
        { class: "two" },
        field("name", "Name", { value: name, required: true, maxlength: "100" }),
        field("agent_name", "Agent name", { value: agentName, maxlength: "100" }, "The bot's own name, if different"),
      ),
      !this.#id && field("id", "Address", idField, idHint),
      this.#instructionsField(instructions),
      h(
        "div",
        { class: "two" },
        field("token_name", "Token name", { value: token, maxlength: "100" }, "Leave empty if there is no token"),
        field("token_symbol", "Token symbol", { value: symbol, ...symbolField }, "Up to 16 characters"),
      ),
    ];
  }

  #instructionsField(value) {
    const id = "agent_instructions";
    const describedBy = `${id}-hint ${id}-error`;
    const attributes = { id, name: id, maxlength: MAX_INSTRUCTIONS_CHARS, "aria-describedby": describedBy };
    const textarea = h("textarea", { ...attributes, oninput: () => this.#count() });
    textarea.value = value ?? "";
    const hint = h("span", { id: `${id}-hint` }, "What the bot is and does. Video prompts are based on it.");
    return h(
      "div",
      { class: "field" },
      h("label", { for: id }, "Agent instructions"),
      textarea,
      h("div", { class: "under hint" }, hint, h("span", { class: "count" })),
      errorLine(id),
    );
  }

  /** Any model may use the avatar. Without the models, only the server checks it. */
  async #checkAvatar() {
    const models = await api.models().catch(() => null);
    if (models) this.#avatar.models = models;
  }

  #drop(event) {
    event.preventDefault();
    this.#avatar.choose(event.dataTransfer.files[0]);
  }

  #count() {
    const { value } = this.find("#agent_instructions");
    this.find(".count").textContent = `${[...value].length} / ${MAX_INSTRUCTIONS_CHARS}`;
  }

  #edited(target) {
    if (target === this.#avatar) return; // it shows its own errors
    const id = this.find("#id");
    this.#setError(target, "");
    if (target === id) this.#hasOwnId = id.value !== "";
    if (target.id !== "name") return;
    if (!id || this.#hasOwnId) return;
    id.value = suggestId(target.value, { fallback: `community-${this.#randomSuffix}` });
    this.#setError(id, "");
  }

  async #save() {
    const button = this.find(".main");
    if (button.disabled) return;
    this.#showErrors({});
    const errors = validate({ name: this.find("#name").value.trim(), id: this.find("#id")?.value.trim() });
    if (Object.keys(errors).length) {
      this.#showErrors(errors);
      return;
    }
    button.disabled = true;
    try {
      await this.#put(this.#id ?? this.find("#id").value.trim());
    } catch (error) {
      this.#showErrors(errorsByField(error, { isNew: !this.#id }));
    } finally {
      button.disabled = false;
    }
  }

  async #put(id) {
    if (!this.#id && (await isTaken(id)))
      return this.#showErrors({ id: "You already have a community at this address. Choose another one." });
    const entries = [...new FormData(this.find("form"))];
    const fields = Object.fromEntries(entries.map(([name, value]) => [name, String(value).trim() || null]));
    delete fields.id;
    // PUT replaces the community, so send the current avatar too.
    const community = await api.putCommunity(id, { ...fields, avatar: await this.#avatar.source() });
    if (this.#id) {
      this.#avatar.storedImage = storedAvatar(community);
      toast("Saved");
    }
    return this.emit("community-saved", { community, isNew: !this.#id });
  }

  /**
   * Show the errors by field, and focus the first.
   *
   * @param {Record<string, string>} errors
   */
  #showErrors({ form, avatar, ...fields }) {
    this.find("form > .notice").hidden = !form;
    this.find("form > .notice").textContent = form ?? "";
    this.#avatar.problem = avatar ?? null;
    for (const input of this.shadowRoot.querySelectorAll("input, textarea"))
      this.#setError(input, fields[input.id] ?? "");
    (this.find("[aria-invalid=true]") ?? (avatar && this.#avatar.shadowRoot.querySelector("button")))?.focus();
  }

  #setError(input, text) {
    this.find(`#${input.id}-error`).textContent = text;
    input.setAttribute("aria-invalid", String(text !== ""));
  }
}

const storedAvatar = ({ avatar, avatar_url: url }) =>
  avatar ? { name: avatar, url, description: "Current avatar" } : null;
const errorLine = (name) => h("p", { class: "error", id: `${name}-error` });

function field(name, label, attributes, hint = null) {
  const describedBy = `${hint ? `${name}-hint ` : ""}${name}-error`;
  const defaults = { id: name, name, type: "text", autocomplete: "off", "aria-describedby": describedBy };
  return h(
    "div",
    { class: "field" },
    h("label", { for: name }, label),
    h("input", { ...defaults, ...attributes, value: attributes.value ?? "" }),
    hint && h("p", { class: "hint", id: `${name}-hint` }, hint),
    errorLine(name),
  );
}

customElements.define("community-form", CommunityForm);
