/** Who is signed in, by Cognito. Tokens live in memory and in this tab's sessionStorage; the page never sees a password again. */

import * as api from "./api.js";

const KEPT_UNDER = "keepreel.session";
/** What a person is at (see kept.js); forgotten when they sign out. */
export const PENDING_UNDER = "keepreel.pending.";
const REFRESH_BEFORE_MS = 5 * 60_000;
const NOT_RENEWED = "Your sign-in could not be renewed right now. Try again in a moment.";

class Session extends EventTarget {
  #kept = restored();
  #refreshing = null;
  #lent = null;
  #hasEnded = false;

  /** The signed-in person's e-mail address, or null. "change" is told of when it changes. */
  get email() {
    return this.#kept?.email ?? null;
  }

  /** Whether it ended without the person's doing. */
  get hasEnded() {
    return this.#hasEnded;
  }

  /** Whether the API can be asked: as the one who has signed in here, or by the tokens of the page around. */
  get isOpen() {
    return this.#lent !== null || this.email !== null;
  }

  /** For a page that signs people in itself: `token` gives (a promise of) its bearer token, and nobody is asked here. */
  lend(token) {
    this.#lent = token;
    this.dispatchEvent(new Event("change"));
  }

  /**
   * An access token with some minutes left, or null; with `isLeaving`, one that holds still, since there is no time for
   * another. Where a refresh is refused, the person is signed out; where it gets no answer, a Problem may be raised.
   */
  async token({ isLeaving = false } = {}) {
    if (this.#lent) return this.#lent();
    const { email } = this;
    if (this.#kept && this.#millisecondsLeft < (isLeaving ? 0 : REFRESH_BEFORE_MS)) await this.#refresh();
    return email === this.email ? (this.#kept?.access_token ?? null) : null; // never that of who came meanwhile
  }

  get #millisecondsLeft() {
    return this.#kept.expires_at - Date.now();
  }

  /** Resolves to null, or to a challenge: a function that takes the new password that an invited person must choose. */
  async signIn(email, password) {
    const answer = await this.#auth("InitiateAuth", {
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: email, PASSWORD: password },
    });
    if (answer.ChallengeName === "NEW_PASSWORD_REQUIRED")
      return (chosen) => this.#answerInvitation(email, chosen, answer.Session);
    return this.#keep(email, answer);
  }

  /** Resolves to whether a code was sent, with which `confirm` has to follow. */
  async signUp(email, password) {
    const answer = await this.#auth("SignUp", {
      Username: email,
      Password: password,
      UserAttributes: [{ Name: "email", Value: email }],
    });
    return !answer.UserConfirmed;
  }

  async confirm(email, code) {
    await this.#auth("ConfirmSignUp", { Username: email, ConfirmationCode: code });
  }
  async sendCodeAgain(email) {
    await this.#auth("ResendConfirmationCode", { Username: email });
  }
  async forgotPassword(email) {
    await this.#auth("ForgotPassword", { Username: email });
  }
  async setPassword(email, password, code) {
    await this.#auth("ConfirmForgotPassword", { Username: email, Password: password, ConfirmationCode: code });
  }

  /** At once here, after "leaving"; Cognito is told to take back the refresh token, if it can be reached. */
  async signOut() {
    this.dispatchEvent(new Event("leaving"));
    const token = this.#kept?.refresh_token;
    forgetPending();
    this.#set(null);
    if (token) await this.#auth("RevokeToken", { Token: token }).catch(() => {});
  }

  async #answerInvitation(email, password, session) {
    const responses = { USERNAME: email, NEW_PASSWORD: password };
    const request = { ChallengeName: "NEW_PASSWORD_REQUIRED", ChallengeResponses: responses, Session: session };
    return this.#keep(email, await this.#auth("RespondToAuthChallenge", request));
  }

  async #auth(operation, request) {
    const { user_pool_client_id: ClientId } = await api.config();
    return api.cognito(operation, { ClientId, ...request });
  }

  #refresh() {
    this.#refreshing ??= this.#askForTokens().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #askForTokens() {
    const { email, refresh_token: token } = this.#kept;
    try {
      const answer = await this.#auth("InitiateAuth", {
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: token },
      });
      if (this.#kept?.refresh_token === token) this.#keep(email, answer);
    } catch (error) {
      // Only Cognito's own word ends a session: a line that is down does not, and the old token may still do.
      if (this.#kept?.refresh_token !== token) return;
      if (error.code === "NotAuthorizedException") this.#end();
      else if (this.#millisecondsLeft <= 0)
        throw new api.Problem({ status: 0, code: "no_answer", detail: NOT_RENEWED });
    }
  }

  #end() {
    this.#hasEnded = true;
    this.#set(null);
  }

  #keep(email, { AuthenticationResult: tokens }) {
    this.#hasEnded = false;
    this.#set({
      email,
      access_token: tokens.AccessToken,
      refresh_token: tokens.RefreshToken ?? this.#kept?.refresh_token,
      expires_at: Date.now() + tokens.ExpiresIn * 1000,
    });
    return null;
  }

  #set(kept) {
    const before = this.email;
    this.#kept = kept;
    try {
      if (kept) sessionStorage.setItem(KEPT_UNDER, JSON.stringify(kept));
      else sessionStorage.removeItem(KEPT_UNDER);
    } catch {
      /* a browser that keeps nothing: then it lasts until the page is left */
    }
    if (this.email !== before) this.dispatchEvent(new Event("change"));
  }
}

function restored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT_UNDER));
  } catch {
    return null;
  }
}

/** What was asked for and has no answer yet is for the same person's next sign-in alone. */
function forgetPending() {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PENDING_UNDER)) sessionStorage.removeItem(key);
  } catch {
    /* nothing is kept there */
  }
}

export const session = new Session();
api.configure({ token: (options) => session.token(options), person: () => session.email });
