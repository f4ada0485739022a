/** A request for videos, kept with its key until it is answered: a reload, a lost answer or a second click make none twice. */

import * as api from "./api.js";
import { session } from "./session.js";

export class Pending {
  #name;

  constructor(name) { this.#name = `keepreel.pending.${name}`; }

  /** What has no answer yet, `{ key, path, request, draft }`, if it is this person's; else null. */
  get kept() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#name));
      return kept?.email === session.email ? kept : null;
    } catch {
      return null;
    }
  }

  /**
   * Posts to `path`, a folder of videos or a video's `links.remix`; gives the accepted videos. The same request as the
   * kept one goes with the same key. `draft` is kept beside it, for a form that has to be filled again.
   */
  async send(path, request, draft = null) {
    const kept = this.kept;
    const isSame = kept?.path === path && JSON.stringify(kept.request) === JSON.stringify(request);
    const key = isSame ? kept.key : crypto.randomUUID();
    this.#keep({ email: session.email, key, path, request, draft });
    try {
      const { videos } = await api.create(path, request, key);
      this.#keep(null);
      return videos;
    } catch (error) {
      if (error.status >= 400 && error.status < 500) this.#keep(null); // refused; all else may have been accepted
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
