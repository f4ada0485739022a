/** Making a community, or changing what it says: names, instructions, picture, token. */

import * as api from "../../data/api.js";
import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { toast } from "../../lib/toast-stack.js";
import "../create/image-picker.js";

const LONGEST_INSTRUCTIONS = 2500;
const LONGEST_ID = 64;

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
    hint: "Or drop one. Videos start from it: a square picture of at least 300 pixels a side serves best.",
  });
  #chance = crypto.randomUUID().slice(0, 6);
  #isIdTheirs = false; // once the person has written one, it follows the name no more

  get #id() {
    return this.getAttribute("community-id");
  }

  async start() {
    if (this.find("form")) return; // moved: what was typed stays
    if (!this.#id) return this.#render({});
    this.shadowRoot.replaceChildren(h("div", { class: "skeleton", "aria-hidden": "true" }));
    try {
      const community = await api.community(this.#id, this.signal);
      this.#render(community);
    } catch (error) {
      if (!this.signal.aborted)
        this.shadowRoot.replaceChildren(
          h(
            "div",
            { class: "notice bad", role: "alert" },
            error.message,
            h("button", { type: "button", class: "chip", onclick: () => this.start() }, "Try again"),
          ),
        );
    }
  }

  #render(community) {
    const instructions = h("textarea", {
      id: "agent_instructions",
      name: "agent_instructions",
      maxlength: String(LONGEST_INSTRUCTIONS),
      "aria-describedby": "agent_instructions-hint agent_instructions-wrong",
      oninput: () => this.#count(),
    });
    instructions.value = community.agent_instructions ?? "";
    this.addEventListener("dragover", (event) => event.preventDefault(), { signal: this.signal });
    this.addEventListener(
      "drop",
      (event) => {
        event.preventDefault();
        this.#avatar.choose(event.dataTransfer.files[0]);
      },
      { signal: this.signal },
    );
    this.shadowRoot.replaceChildren(
      h(
        "form",
        {
          class: "panel",
          novalidate: true,
          onsubmit: (event) => {
            event.preventDefault();
            this.#save();
          },
          oninput: ({ target }) => this.#follow(target),
        },
        this.#avatar,
        h(
          "div",
          { class: "two" },
          field("name", "Name", { value: community.name, required: true, maxlength: "100" }),
          field("agent_name", "Agent name", {
            value: community.agent_name,
            maxlength: "100",
            hint: "The bot's own name, if it has another",
          }),
        ),
        !this.#id &&
          field("id", "Address", {
            maxlength: String(LONGEST_ID),
            required: true,
            autocapitalize: "none",
            spellcheck: "false",
            hint: "Letters, digits, - and _. It cannot be changed later.",
          }),
        h(
          "div",
          { class: "field" },
          h("label", { for: "agent_instructions" }, "Agent instructions"),
          instructions,
          h(
            "div",
            { class: "under hint" },
            h("span", { id: "agent_instructions-hint" }, "What the bot is and does. Prompts are built from it."),
            h("span", { class: "count" }),
          ),
          wrong("agent_instructions"),
        ),
        h(
          "div",
          { class: "two" },
          field("token_name", "Token name", {
            value: community.token_name,
            maxlength: "100",
            hint: "Empty as long as there is no token",
          }),
          field("token_symbol", "Token symbol", {
            value: community.token_symbol,
            maxlength: "16",
            autocapitalize: "characters",
            spellcheck: "false",
            hint: "As on the coin: up to 16 characters",
          }),
        ),
        h("div", { class: "notice bad", role: "alert", hidden: true }),
        h("div", { class: "end" }, h("button", { class: "main" }, this.#id ? "Save" : "Make the community")),
      ),
    );
    this.#avatar.standIn = standIn(community);
    this.#count();
  }

  #count() {
    const { value } = this.find("#agent_instructions");
    this.find(".count").textContent = `${[...value].length} / ${LONGEST_INSTRUCTIONS}`;
  }

  #follow(target) {
    if (target === this.#avatar) return; // it says itself what is wrong with it
    const id = this.find("#id");
    this.#mark(target, "");
    if (target === id) this.#isIdTheirs = id.value !== "";
    if (target.id !== "name") return;
    if (!id || this.#isIdTheirs) return;
    id.value = slug(target.value, { otherwise: `community-${this.#chance}` });
    this.#mark(id, "");
  }

  async #save() {
    const button = this.find(".main");
    if (button.disabled) return;
    this.#say({});
    const problems = this.#problems();
    if (Object.keys(problems).length) return this.#say(problems);
    button.disabled = true;
    try {
      await this.#put(this.#id ?? this.find("#id").value.trim());
    } catch (error) {
      this.#say(this.#wrongs(error));
    } finally {
      button.disabled = false;
    }
  }

  async #put(id) {
    if (!this.#id && (await isTaken(id)))
      return this.#say({ id: "You have a community at this address. Choose another one." });
    const fields = Object.fromEntries(
      [...new FormData(this.find("form"))].map(([name, value]) => [name, value.trim() || null]),
    );
    delete fields.id;
    // The whole is replaced, so the picture goes along as it was unless another one was chosen.
    const community = await api.putCommunity(id, { ...fields, avatar: await this.#avatar.source() });
    if (this.#id) {
      this.#avatar.standIn = standIn(community);
      toast("Saved.");
    }
    return this.tell("community-saved", { community, isNew: !this.#id });
  }

  #problems() {
    const id = this.find("#id")?.value.trim();
    return {
      ...(!this.find("#name").value.trim() && { name: "Every community has a name." }),
      ...(id !== undefined &&
        !/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(id) && {
          id: "Use letters, digits, - and _, with a letter or a digit first.",
        }),
      ...(id === "new" && { id: "This address cannot be used; choose another one." }),
    };
  }

  #wrongs(error) {
    const names = ["name", "agent_name", "agent_instructions", "token_name", "token_symbol", "avatar"];
    const found = Object.fromEntries(names.map((name) => [name, error.of?.(name)]).filter(([, text]) => text));
    const ofId = error.of?.("community_id") ?? (error.status === 404 ? error.message : null); // 404: it is somebody else's
    if (!this.#id && ofId) found.id = ofId;
    return Object.keys(found).length ? found : { form: error.message };
  }

  /** Beside each field what is wrong with it, with the first of them in focus. */
  #say({ form, avatar, ...fields }) {
    this.find("form > .notice").hidden = !form;
    this.find("form > .notice").textContent = form ?? "";
    this.#avatar.problem = avatar ?? null;
    for (const input of this.shadowRoot.querySelectorAll("input, textarea")) this.#mark(input, fields[input.id] ?? "");
    (this.find("[aria-invalid=true]") ?? (avatar && this.#avatar.shadowRoot.querySelector("button")))?.focus();
  }

  #mark(input, text) {
    this.find(`#${input.id}-wrong`).textContent = text;
    input.setAttribute("aria-invalid", String(text !== ""));
  }
}

const standIn = ({ avatar, avatar_url: url }) => (avatar ? { name: avatar, url, says: "The avatar as it is." } : null);
const wrong = (name) => h("p", { class: "wrong", id: `${name}-wrong` });

function field(name, label, { hint, value, ...attributes }) {
  return h(
    "div",
    { class: "field" },
    h("label", { for: name }, label),
    h("input", {
      id: name,
      name,
      type: "text",
      autocomplete: "off",
      value: value ?? "",
      "aria-describedby": `${hint ? `${name}-hint ` : ""}${name}-wrong`,
      ...attributes,
    }),
    hint && h("p", { class: "hint", id: `${name}-hint` }, hint),
    wrong(name),
  );
}

/** An address made of a name: plain letters and digits; another where the name has none. */
function slug(name, { otherwise }) {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, LONGEST_ID);
  return plain || (name.trim() && otherwise);
}

/** Whether one of the person's own has this id: to put it again would replace it, which nobody means by making one. */
async function isTaken(id) {
  let cursor = null;
  do {
    const page = await api.communities({ limit: 100, cursor });
    if (page.communities.some((it) => it.id === id)) return true;
    cursor = page.next_cursor;
  } while (cursor);
  return false;
}

customElements.define("community-form", CommunityForm);
