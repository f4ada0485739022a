/** A request for videos, kept with its key until it is answered: a reload, a lost answer or a second click make none twice. */

import * as api from "./api.js";
import { session } from "./session.js";

const FRESH_MS = 2 * 60_000;
const KNOWN_MS = 24 * 3600_000; // the server knows a key for two days

export class Pending {
  #name;

  constructor(name) { this.#name = `keepreel.pending.${name}`; }

  /** What has no answer yet, `{ key, path, request, draft }`, if it is this person's; else null. */
  get kept() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#name));
      return kept?.email === session.email && Date.now() - kept.at < KNOWN_MS ? kept : null;
    } catch {
      return null;
    }
  }

  /**
   * Whether the person still waits for it: it went out just now, and nobody told them that it may not have arrived.
   * A browser restores a tab after days, too, and what costs money is then for the person to say again.
   */
  get isAwaited() { return Boolean(this.kept && !this.kept.isTold && Date.now() - this.kept.at < FRESH_MS); }

  /**
   * Posts to `path`, a folder of videos or a video's `links.remix`; gives the accepted videos. The same request as the
   * kept one goes with the same key. `draft` is kept beside it, for a form that has to be filled again.
   */
  async send(path, request, draft = null) {
    const kept = this.kept;
    const isSame = kept?.path === path && JSON.stringify(kept.request) === JSON.stringify(request);
    const key = isSame ? kept.key : crypto.randomUUID();
    const sent = { email: session.email, at: isSame ? kept.at : Date.now(), key, path, request, draft };
    this.#keep(sent);
    try {
      const { videos } = await api.create(path, request, key);
      this.#keep(null);
      return videos;
    } catch (error) {
      // All else may have been accepted, or is for after the next sign-in.
      const isRefused = error.status >= 400 && error.status < 500 && error.status !== 401;
      this.#keep(isRefused ? null : { ...sent, isTold: true });
      throw error;
    }
  }

  #keep(kept) {
    try {
      if (kept) sessionStorage.setItem(this.#name, JSON.stringify(kept));
      else sessionStorage.removeItem(this.#name);
    } catch { /* a browser that keeps nothing: then a reload forgets it */ }
  }
}
