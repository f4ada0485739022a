/** Per-user values in this tab's sessionStorage: unsent text and pending requests. Personal text is stored nowhere else. */

import { PENDING_KEY_PREFIX, session } from "./session.js";

export class TabStorage {
  #name;
  #fallback = null; // for a browser without sessionStorage

  constructor(name) {
    this.#name = PENDING_KEY_PREFIX + name;
  }

  /** The stored value of the signed-in user, or null. Set null to remove it. */
  get value() {
    const stored = this.#read();
    return stored?.email === session.email ? stored.value : null;
  }
  set value(value) {
    this.store(value, session.email);
  }

  /** Store a value for a given user, whose session may have just ended. */
  store(value, email) {
    this.#fallback = value === null ? null : { email, value };
    try {
      if (this.#fallback) sessionStorage.setItem(this.#name, JSON.stringify(this.#fallback));
      else sessionStorage.removeItem(this.#name);
    } catch {
      // without storage, a reload loses the value
    }
  }

  #read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#name)) ?? this.#fallback;
    } catch {
      return this.#fallback;
    }
  }
}
