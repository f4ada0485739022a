/** A create request, stored with its idempotency key until it is answered, so that a reload or a second click creates no duplicate. */

import * as api from "./api.js";
import { session } from "./session.js";
import { TabStorage } from "./tab-storage.js";

const AUTO_RESEND_MS = 2 * 60_000;
const MAX_AGE_MS = 24 * 3600_000; // the server keeps a key for two days

export class PendingRequest {
  #storage;

  constructor(name) {
    this.#storage = new TabStorage(name);
  }

  /** The signed-in user's unanswered request, `{ key, path, request, draft }`, or null. */
  get stored() {
    const stored = this.#storage.value;
    return stored && Date.now() - stored.at < MAX_AGE_MS ? stored : null;
  }

  /**
   * Whether the request may be resent without asking: it was sent just now, and no error was shown. A browser may restore
   * a tab after days; then the user must confirm a request that costs money.
   */
  get canResend() {
    const { stored } = this;
    if (!stored || stored.isErrorShown || stored.isTold) return false; // `isTold` is its name in records of older versions
    return Date.now() - stored.at < AUTO_RESEND_MS;
  }

  /**
   * Send a request to `path`, an owner's videos path or a video's `links.remix`, and return the created videos. A request
   * equal to the stored one is sent with the stored key. `draft` is stored with it, to fill in the form after a reload.
   */
  async send(path, request, draft = null) {
    const { stored } = this;
    const isSame = stored?.path === path && JSON.stringify(stored.request) === JSON.stringify(request);
    const sent = {
      at: isSame ? stored.at : Date.now(),
      key: isSame ? stored.key : crypto.randomUUID(),
      path,
      request,
      draft,
    };
    const { email } = session;
    this.#storage.value = sent;
    try {
      const { videos } = await api.create(path, request, sent.key);
      this.#storage.value = null;
      return videos;
    } catch (error) {
      if (session.email === email || session.hasExpired)
        this.#storage.store(isRefused(error) ? null : { ...sent, isErrorShown: true }, email);
      throw error;
    }
  }
}

/**
 * Whether the API itself refused, so that nothing was created. After any other error an earlier attempt may have been accepted
 * (an overloaded gateway answers 429 to the next one), or the request waits for the next sign-in.
 */
function isRefused({ status, code }) {
  return status >= 400 && status < 500 && status !== 401 && !code.startsWith("http_");
}
