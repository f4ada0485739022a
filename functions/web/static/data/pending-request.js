/** A request for videos, kept with its key until it is answered: a reload, a lost answer or a second click make none twice. */

import * as api from "./api.js";
import { session } from "./session.js";
import { Kept } from "./tab-storage.js";

const FRESH_MS = 2 * 60_000;
const KNOWN_MS = 24 * 3600_000; // the server knows a key for two days

export class Pending {
  #place;

  constructor(name) {
    this.#place = new Kept(name);
  }

  /** What has no answer yet, `{ key, path, request, draft }`, if it is this person's; else null. */
  get kept() {
    const kept = this.#place.value;
    return kept && Date.now() - kept.at < KNOWN_MS ? kept : null;
  }

  /**
   * Whether the person still waits for it: it went out just now, and nobody told them that it may not have arrived.
   * A browser restores a tab after days, too, and what costs money is then for the person to say again.
   */
  get isAwaited() {
    return Boolean(this.kept && !this.kept.isTold && Date.now() - this.kept.at < FRESH_MS);
  }

  /**
   * Posts to `path`, a folder of videos or a video's `links.remix`; gives the accepted videos. The same request as the
   * kept one goes with the same key. `draft` is kept beside it, for a form that has to be filled again.
   */
  async send(path, request, draft = null) {
    const { kept } = this;
    const isSame = kept?.path === path && JSON.stringify(kept.request) === JSON.stringify(request);
    const sent = {
      at: isSame ? kept.at : Date.now(),
      key: isSame ? kept.key : crypto.randomUUID(),
      path,
      request,
      draft,
    };
    const { email } = session;
    this.#place.value = sent;
    try {
      const { videos } = await api.create(path, request, sent.key);
      this.#place.value = null;
      return videos;
    } catch (error) {
      if (session.email === email || session.hasEnded)
        this.#place.keep(isRefused(error) ? null : { ...sent, isTold: true }, email);
      throw error;
    }
  }
}

/**
 * Whether the API itself refused, so that nothing was made. All else may have been accepted at an earlier attempt (a
 * gateway that has too much to do says 429 to the next), or is for after the next sign-in.
 */
function isRefused({ status, code }) {
  return status >= 400 && status < 500 && status !== 401 && !code.startsWith("http_");
}
