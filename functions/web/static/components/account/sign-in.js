/** Signing in, and what belongs to it: making an account, confirming it, a forgotten password, an invitation's first. */

import * as api from "../../data/api.js";
import { session } from "../../data/session.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";

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

const EMAIL = { name: "email", label: "E-mail", type: "email", autocomplete: "username" };
const PASSWORD = { name: "password", label: "Password", type: "password", autocomplete: "current-password" };
const CHOSEN = {
  name: "password",
  label: "Password",
  type: "password",
  autocomplete: "new-password",
  minlength: "12",
  hint: "At least 12 characters, with a capital, a small letter and a digit.",
};
const CODE = { name: "code", label: "Code from the e-mail", inputmode: "numeric", autocomplete: "one-time-code" };

// Each step: its words, its fields, what its button does, and where one may go from it.
const STEPS = {
  signIn: {
    title: "Sign in",
    button: "Sign in",
    fields: [EMAIL, PASSWORD],
    others: { signUp: "Make an account", forgot: "Forgot the password?" },
  },
  signUp: {
    title: "Make an account",
    button: "Make the account",
    fields: [EMAIL, CHOSEN],
    others: { signIn: "I have one" },
  },
  confirm: {
    title: "Confirm your e-mail",
    button: "Confirm",
    fields: [EMAIL, CODE],
    others: { again: "Send the code again", signIn: "Back" },
  },
  invited: { title: "Choose your password", button: "Save and sign in", fields: [CHOSEN], others: { signIn: "Back" } },
  forgot: { title: "Forgot the password?", button: "Send a code", fields: [EMAIL], others: { signIn: "Back" } },
  reset: {
    title: "Choose a new password",
    button: "Save and sign in",
    fields: [EMAIL, CODE, CHOSEN],
    others: { signIn: "Back" },
  },
};

// Cognito's own words are for programmers; what is not here is shown as it says it.
const SAYINGS = {
  NotAuthorizedException: "This e-mail and password do not go together.",
  UserNotFoundException: "This e-mail and password do not go together.",
  UsernameExistsException: "There is an account with this e-mail already. Sign in instead.",
  CodeMismatchException: "This is not the code that was sent. Check the latest e-mail.",
  ExpiredCodeException: "This code is too old. Have a new one sent.",
  InvalidPasswordException: "The password needs at least 12 characters, with a capital, a small letter and a digit.",
  LimitExceededException: "Too many tries. Wait a while and try again.",
  TooManyRequestsException: "Too many tries. Wait a while and try again.",
};

class SignIn extends Element {
  static sheets = [style];
  #email = "";
  #password = null; // between making an account and confirming it
  #answerInvitation = null;

  async start() {
    if (!this.hasAttribute("compact")) document.title = "Keepreel"; // compact: on a page that is not ours
    this.shadowRoot.replaceChildren(
      h(
        "div",
        { class: "sides" },
        h(
          "section",
          { class: "pitch" },
          h("h1", {}, "A picture, a sentence, a video that stays."),
          h(
            "p",
            {},
            "Keepreel has short videos made by Kling and Higgsfield, stores them for good, and shows them wherever you like.",
          ),
          h(
            "ul",
            {},
            [
              "Kept for good, under one address",
              "The price before you click",
              "One click makes one video, whatever the network does",
            ].map((text) => h("li", {}, icon("check"), text)),
          ),
        ),
        h("section", { class: "panel", "aria-label": "Sign in" }),
      ),
    );
    this.#show("signIn", session.hasEnded && "Your sign-in has ended. Sign in again.");
    const config = await api.config().catch(() => null);
    if (config && this.isConnected) this.#offer(config);
  }

  #offer({ is_sign_up_open: isOpen, demo_user: demo }) {
    this.find("[data-step=signUp]")?.toggleAttribute("hidden", !isOpen);
    if (!demo || this.find(".demo")) return;
    const button = h(
      "button",
      {
        type: "button",
        class: "main demo",
        onclick: () => this.#run(button, () => session.signIn(demo.email, demo.password)),
      },
      icon("sparkle"),
      "Try it as the demo user",
    );
    this.find(".panel").prepend(h("h2", {}, "Welcome"), button, h("p", { class: "or" }, "or sign in"));
  }

  #show(name, notice) {
    const step = STEPS[name];
    const button = h("button", { class: "main" }, step.button);
    const form = h(
      "form",
      {
        novalidate: true,
        onsubmit: (event) => {
          event.preventDefault();
          this.#submit(name, form, button);
        },
      },
      h("h2", {}, step.title),
      notice && h("p", { class: "notice", role: "status" }, notice),
      step.fields.map((it) => this.#field(it)),
      h("div", { class: "notice bad", role: "alert", hidden: true }),
      button,
      h(
        "div",
        { class: "others" },
        Object.entries(step.others).map(([next, text]) =>
          h(
            "button",
            { type: "button", "data-step": next, hidden: next === "signUp", onclick: () => this.#go(next, form) },
            text,
          ),
        ),
      ),
    );
    const before = this.find("form");
    if (before) before.replaceWith(form);
    else this.find(".panel").append(form);
    if (before) (form.querySelector("input:not([value]), input[value='']") ?? form.querySelector("input")).focus();
    if (before)
      api.config().then(
        (config) => this.#offer(config),
        () => {},
      );
  }

  #field({ name, label, hint, ...attributes }) {
    const value = name === "email" ? this.#email : "";
    return h(
      "div",
      { class: "field" },
      h("label", { for: name }, label),
      h("input", {
        id: name,
        name,
        value,
        required: true,
        "aria-describedby": hint ? `${name}-hint` : undefined,
        ...attributes,
      }),
      hint && h("p", { class: "hint", id: `${name}-hint` }, hint),
    );
  }

  #go(next, form) {
    this.#email = form.elements.email?.value.trim() ?? this.#email;
    if (next === "again")
      return this.#run(form.querySelector("button"), async () => {
        await session.sendCodeAgain(this.#email);
        this.#show("confirm", `A new code is on its way to ${this.#email}.`);
      });
    return this.#show(next);
  }

  #submit(name, form, button) {
    const missing = [...form.querySelectorAll("input")].find((it) => !it.checkValidity());
    if (missing) {
      this.#say(
        missing.value
          ? missing.validationMessage
          : `${form.querySelector(`label[for="${missing.id}"]`).textContent} is missing.`,
      );
      return missing.focus();
    }
    const { email, password, code } = Object.fromEntries(
      [...new FormData(form)].map(([key, value]) => [key, key === "password" ? value : value.trim()]),
    );
    this.#email = email ?? this.#email;
    return this.#run(button, () => this.#take(name, { email: this.#email, password, code }));
  }

  async #take(name, { email, password, code }) {
    const steps = {
      signIn: async () => {
        this.#answerInvitation = await session.signIn(email, password);
        if (this.#answerInvitation) this.#show("invited");
      },
      signUp: async () => {
        this.#password = password;
        if (!(await session.signUp(email, password))) return session.signIn(email, password);
        return this.#show("confirm", `We have sent a code to ${email}.`);
      },
      confirm: async () => {
        await session.confirm(email, code);
        if (!this.#password) return this.#show("signIn", "Your e-mail is confirmed. Sign in now.");
        return session.signIn(email, this.#password);
      },
      invited: () => this.#answerInvitation(password),
      forgot: async () => {
        await session.forgotPassword(email);
        this.#show("reset", `If ${email} has an account, a code is on its way.`);
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
      this.#show("confirm", "Your e-mail is not confirmed yet. We sent you a code when you made the account.");
    }
  }

  /** Does it once: a second click while it is being done does nothing. */
  async #run(button, action) {
    if (button.disabled) return;
    button.disabled = true;
    this.#say(null);
    try {
      await action();
    } catch (error) {
      this.#say(SAYINGS[error.code] ?? error.message);
    } finally {
      button.disabled = false;
    }
  }

  #say(text) {
    const place = this.find("[role=alert]");
    place.hidden = text === null;
    place.textContent = text ?? "";
  }
}

customElements.define(element, SignIn);
