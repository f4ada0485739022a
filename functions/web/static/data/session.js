/** The signed-in user and their Cognito tokens, in memory and in this tab's sessionStorage. Passwords are never stored. */

import * as api from "./api.js";

const SESSION_KEY = "keepreel.session";
/** Keys of what `tab-storage.js` stores; removed when the user signs out. */
export const PENDING_KEY_PREFIX = "keepreel.pending.";
const REFRESH_BEFORE_MS = 5 * 60_000;
const REFRESH_FAILED = "Your session could not be renewed. Try again in a moment.";

class Session extends EventTarget {
  #tokens = restore();
  #refreshing = null;
  /** @type {null | (() => Promise<string>)} */
  #externalToken = null;
  #hasExpired = false;

  /** The email address of the signed-in user, or null. A "change" event follows each change. */
  get email() {
    return this.#tokens?.email ?? null;
  }

  /** Whether the session ended because Cognito refused to renew it. */
  get hasExpired() {
    return this.#hasExpired;
  }

  /** Whether API calls are authorized, by a sign-in here or by tokens of the embedding page. */
  get isAuthorized() {
    return this.#externalToken !== null || this.email !== null;
  }

  /** Use the embedding page's tokens: `token` returns (a promise of) a bearer token. No sign-in is shown then. */
  useToken(token) {
    this.#externalToken = token;
    this.dispatchEvent(new Event("change"));
  }

  /**
   * Return an access token that is valid for some more minutes, or null. With `isLeaving`, return the current token while it
   * is valid, because there is no time to refresh it. A refused refresh signs the user out; one without a response may
   * throw a Problem.
   */
  async token({ isLeaving = false } = {}) {
    if (this.#externalToken) return this.#externalToken();
    const { email } = this;
    if (this.#tokens && this.#millisecondsLeft < (isLeaving ? 0 : REFRESH_BEFORE_MS)) await this.#refresh();
    return email === this.email ? (this.#tokens?.access_token ?? null) : null; // never the token of a user who signed in meanwhile
  }

  get #millisecondsLeft() {
    return this.#tokens.expires_at - Date.now();
  }

  /** Sign in. Return null, or for an invited user a function that takes the new password they must choose. */
  async signIn(email, password) {
    const response = await this.#auth("InitiateAuth", {
      AuthFlow: "USER_PASSWORD_AUTH",
      AuthParameters: { USERNAME: email, PASSWORD: password },
    });
    if (response.ChallengeName === "NEW_PASSWORD_REQUIRED")
      return (newPassword) => this.#acceptInvitation(email, newPassword, response.Session);
    return this.#store(email, response);
  }

  /** Create an account. Return whether a confirmation code was sent, which `confirm` takes. */
  async signUp(email, password) {
    const response = await this.#auth("SignUp", {
      Username: email,
      Password: password,
      UserAttributes: [{ Name: "email", Value: email }],
    });
    return !response.UserConfirmed;
  }

  async confirm(email, code) {
    await this.#auth("ConfirmSignUp", { Username: email, ConfirmationCode: code });
  }
  async resendCode(email) {
    await this.#auth("ResendConfirmationCode", { Username: email });
  }
  async forgotPassword(email) {
    await this.#auth("ForgotPassword", { Username: email });
  }
  async setPassword(email, password, code) {
    await this.#auth("ConfirmForgotPassword", { Username: email, Password: password, ConfirmationCode: code });
  }

  /** Dispatch "leaving", sign out locally, and then revoke the refresh token if Cognito can be reached. */
  async signOut() {
    this.dispatchEvent(new Event("leaving"));
    const token = this.#tokens?.refresh_token;
    removePending();
    this.#set(null);
    if (token) await this.#auth("RevokeToken", { Token: token }).catch(() => {});
  }

  async #acceptInvitation(email, password, session) {
    const responses = { USERNAME: email, NEW_PASSWORD: password };
    const request = { ChallengeName: "NEW_PASSWORD_REQUIRED", ChallengeResponses: responses, Session: session };
    return this.#store(email, await this.#auth("RespondToAuthChallenge", request));
  }

  async #auth(operation, request) {
    const { user_pool_client_id: ClientId } = await api.config();
    return api.cognito(operation, { ClientId, ...request });
  }

  #refresh() {
    this.#refreshing ??= this.#requestTokens().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #requestTokens() {
    const { email, refresh_token: token } = this.#tokens;
    try {
      const response = await this.#auth("InitiateAuth", {
        AuthFlow: "REFRESH_TOKEN_AUTH",
        AuthParameters: { REFRESH_TOKEN: token },
      });
      if (this.#tokens?.refresh_token === token) this.#store(email, response);
    } catch (error) {
      // Only Cognito's refusal ends the session. After a network error the old token may still be valid.
      if (this.#tokens?.refresh_token !== token) return;
      if (error.code === "NotAuthorizedException") this.#expire();
      else if (this.#millisecondsLeft <= 0)
        throw new api.Problem({ status: 0, code: "no_answer", detail: REFRESH_FAILED });
    }
  }

  #expire() {
    this.#hasExpired = true;
    this.#set(null);
  }

  #store(email, { AuthenticationResult: result }) {
    this.#hasExpired = false;
    this.#set({
      email,
      access_token: result.AccessToken,
      refresh_token: result.RefreshToken ?? this.#tokens?.refresh_token,
      expires_at: Date.now() + result.ExpiresIn * 1000,
    });
    return null;
  }

  #set(tokens) {
    const before = this.email;
    this.#tokens = tokens;
    try {
      if (tokens) sessionStorage.setItem(SESSION_KEY, JSON.stringify(tokens));
      else sessionStorage.removeItem(SESSION_KEY);
    } catch {
      // without storage, the session lasts until the page is closed
    }
    if (this.email !== before) this.dispatchEvent(new Event("change"));
  }
}

function restore() {
  try {
    return JSON.parse(sessionStorage.getItem(SESSION_KEY));
  } catch {
    return null;
  }
}

/** Remove pending requests and drafts, so that the next user does not get them. */
function removePending() {
  try {
    for (const key of Object.keys(sessionStorage))
      if (key.startsWith(PENDING_KEY_PREFIX)) sessionStorage.removeItem(key);
  } catch {
    // nothing is stored
  }
}

export const session = new Session();
api.configure({ token: (options) => session.token(options), user: () => session.email });
