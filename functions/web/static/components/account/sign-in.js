/** Sign-in, sign-up, email confirmation, password reset, and the first password of an invited user. */

import * as api from "../../data/api.js";
import { session } from "../../data/session.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { ERROR_MESSAGES, STEPS } from "./sign-in-steps.js";

export const element = "sign-in";

const style = sheet(`
.sides { display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(0, 25rem); gap: 2rem clamp(2rem, 6vw, 6rem); align-items: center; max-width: 62rem; margin: clamp(0rem, 6vh, 5rem) auto 0; }
h1 { font-size: clamp(2rem, 1.3rem + 3vw, 3.25rem); letter-spacing: -0.03em; line-height: 1.08; }
.pitch { display: grid; gap: 1.25rem; }
.pitch > p { max-width: 34rem; font-size: 1.125rem; color: var(--quiet); }
ul { display: grid; gap: 0.6rem; margin: 0; padding: 0; list-style: none; }
li { display: flex; gap: 0.6rem; align-items: baseline; }
li .icon { translate: 0 0.25em; color: var(--accent); }
form { display: grid; gap: 1rem; }
.panel { display: grid; gap: 1rem; box-shadow: var(--shade); }
.panel > button { width: 100%; }
.or { display: flex; align-items: center; gap: 0.75rem; color: var(--quiet); font-size: 0.875rem; }
.or::before, .or::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.others { display: flex; flex-wrap: wrap; gap: 0 1rem; }
.others button { min-height: 2.75rem; padding: 0; border: 0; border-radius: 0.25rem; background: none; color: var(--accent); text-decoration: underline; text-underline-offset: 0.2em; font-weight: 450; }
:host([compact]) .sides { grid-template-columns: minmax(0, 1fr); margin: 0; }
:host([compact]) .pitch { display: none; }
:host([compact]) .panel { border: 0; box-shadow: none; }
@media (max-width: 52rem) { .sides { grid-template-columns: minmax(0, 1fr); } ul { display: none; } }
`);

const BENEFITS = [
  "A permanent link for every video",
  "See the price before you generate",
  "One click, one video, even on a bad connection",
];

class SignIn extends Element {
  static sheets = [style];
  #email = "";
  #password = null; // between sign-up and confirmation
  /** @type {null | ((newPassword: string) => Promise<null>)} */
  #acceptInvitation = null;

  async start() {
    if (!this.hasAttribute("compact")) document.title = "Keepreel"; // compact: on an embedding page
    const text =
      "Keepreel generates short videos with Kling and Higgsfield, saves them permanently, and lets you share them anywhere.";
    const items = BENEFITS.map((it) => h("li", {}, icon("check"), it));
    const title = h("h1", {}, "Create videos from an image and a prompt.");
    const pitch = h("section", { class: "pitch" }, title, h("p", {}, text), h("ul", {}, items));
    const panel = h("section", { class: "panel", "aria-label": "Sign in" });
    this.shadowRoot.replaceChildren(h("div", { class: "sides" }, pitch, panel));
    this.#show("signIn", session.hasExpired && "Your session has expired. Sign in again.");
    const config = await api.config().catch(() => null);
    if (config && this.isConnected) this.#applyConfig(config);
  }

  /** Show the links to sign-up and to the demo user, if they are enabled. */
  #applyConfig({ is_sign_up_open: isOpen, demo_user: demo }) {
    this.find("[data-step=signUp]")?.toggleAttribute("hidden", !isOpen);
    if (!demo || this.find(".demo")) return;
    const onclick = () => this.#run(button, () => session.signIn(demo.email, demo.password));
    const button = h("button", { type: "button", class: "main demo", onclick }, icon("sparkle"), "Try the demo");
    this.find(".panel").prepend(h("h2", {}, "Welcome"), button, h("p", { class: "or" }, "or sign in"));
  }

  #show(name, notice) {
    const step = STEPS[name];
    const button = h("button", { class: "main" }, step.button);
    const onsubmit = (event) => {
      event.preventDefault();
      this.#submit(name, form, button);
    };
    const links = Object.entries(step.links).map(([next, text]) => {
      const onclick = () => this.#goTo(next, form);
      return h("button", { type: "button", "data-step": next, hidden: next === "signUp", onclick }, text);
    });
    const form = h(
      "form",
      { novalidate: true, onsubmit },
      h("h2", {}, step.title),
      notice && h("p", { class: "notice", role: "status" }, notice),
      step.fields.map((it) => this.#field(it)),
      h("div", { class: "notice bad", role: "alert", hidden: true }),
      button,
      h("div", { class: "others" }, links),
    );
    const before = this.find("form");
    if (!before) {
      this.find(".panel").append(form);
      return;
    }
    before.replaceWith(form);
    /** @type {HTMLInputElement} */ (
      form.querySelector("input:not([value]), input[value='']") ?? form.querySelector("input")
    ).focus();
    const apply = (config) => this.#applyConfig(config);
    api.config().then(apply, () => {});
  }

  #field({ name, label, hint, ...attributes }) {
    const value = name === "email" ? this.#email : "";
    const describedBy = hint ? `${name}-hint` : undefined;
    return h(
      "div",
      { class: "field" },
      h("label", { for: name }, label),
      h("input", { id: name, name, value, required: true, "aria-describedby": describedBy, ...attributes }),
      hint && h("p", { class: "hint", id: `${name}-hint` }, hint),
    );
  }

  #goTo(next, form) {
    this.#email = form.elements.email?.value.trim() ?? this.#email;
    if (next !== "resend") return this.#show(next);
    return this.#run(form.querySelector("button"), async () => {
      await session.resendCode(this.#email);
      this.#show("confirm", `We sent a new code to ${this.#email}.`);
    });
  }

  #submit(name, form, button) {
    const invalid = [...form.querySelectorAll("input")].find((it) => !it.checkValidity());
    if (invalid) {
      const label = form.querySelector(`label[for="${invalid.id}"]`).textContent;
      this.#showError(invalid.value ? invalid.validationMessage : `${label} is required.`);
      return invalid.focus();
    }
    const entries = [...new FormData(form)].map(([key, value]) => [
      key,
      key === "password" ? value : String(value).trim(),
    ]);
    const { email, password, code } = Object.fromEntries(entries);
    this.#email = email ?? this.#email;
    return this.#run(button, () => this.#submitStep(name, { email: this.#email, password, code }));
  }

  async #submitStep(name, { email, password, code }) {
    const steps = {
      signIn: async () => {
        this.#acceptInvitation = await session.signIn(email, password);
        if (this.#acceptInvitation) this.#show("invited");
      },
      signUp: async () => {
        this.#password = password;
        if (!(await session.signUp(email, password))) return session.signIn(email, password);
        return this.#show("confirm", `We sent a code to ${email}.`);
      },
      confirm: async () => {
        await session.confirm(email, code);
        if (!this.#password) return this.#show("signIn", "Your email is confirmed. You can sign in now.");
        return session.signIn(email, this.#password);
      },
      invited: () => this.#acceptInvitation(password),
      forgot: async () => {
        await session.forgotPassword(email);
        this.#show("reset", `If ${email} has an account, we sent a code to it.`);
      },
      reset: async () => {
        await session.setPassword(email, password, code);
        await session.signIn(email, password);
      },
    };
    try {
      await steps[name]();
    } catch (error) {
      if (error.code !== "UserNotConfirmedException") throw error;
      this.#password = password;
      this.#show("confirm", "Your email is not confirmed yet. Enter the code we sent when you created your account.");
    }
  }

  /** Run an action once: a second click meanwhile does nothing. */
  async #run(button, action) {
    if (button.disabled) return;
    button.disabled = true;
    this.#showError(null);
    try {
      await action();
    } catch (error) {
      this.#showError(ERROR_MESSAGES[error.code] ?? error.message);
    } finally {
      button.disabled = false;
    }
  }

  #showError(text) {
    const notice = this.find("[role=alert]");
    notice.hidden = text === null;
    notice.textContent = text ?? "";
  }
}

customElements.define(element, SignIn);
