/** What a person is at, kept in the tab for that person alone: personal text has no other place in a browser. */

import { PENDING_UNDER, session } from "./session.js";

export class Kept {
  #name;
  #here = null; // as well, for a browser that keeps nothing

  constructor(name) {
    this.#name = PENDING_UNDER + name;
  }

  /** What was kept, if it is this person's; else null. Null forgets it. */
  get value() {
    const kept = this.#read();
    return kept?.email === session.email ? kept.value : null;
  }
  set value(value) {
    this.keep(value, session.email);
  }

  /** Likewise, for somebody whose session has just ended. */
  keep(value, email) {
    this.#here = value === null ? null : { email, value };
    try {
      if (this.#here) sessionStorage.setItem(this.#name, JSON.stringify(this.#here));
      else sessionStorage.removeItem(this.#name);
    } catch {
      /* then a reload forgets it */
    }
  }

  #read() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#name)) ?? this.#here;
    } catch {
      return this.#here;
    }
  }
}
