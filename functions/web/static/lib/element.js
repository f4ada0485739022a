/** What our elements share: a shadow root with the common look, an end for whatever they began, events that bubble. */

import { look } from "./theme.js";

export class Element extends HTMLElement {
  /** Style sheets of the class, after the common one. */
  static sheets = [];
  #ended = new AbortController();

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [look, ...new.target.sheets];
  }

  /** Aborted when the element leaves the page: for listeners, requests and whatever else must end then. */
  get signal() {
    return this.#ended.signal;
  }

  connectedCallback() {
    if (this.#ended.signal.aborted) this.#ended = new AbortController();
    this.start();
  }

  disconnectedCallback() {
    this.#ended.abort();
  }

  /** The element is in the page now; also when it was moved. */
  start() {}

  find(selector) {
    return this.shadowRoot.querySelector(selector);
  }

  /** Tells those around it; `detail` is theirs to keep. True unless one of them has prevented what would follow. */
  tell(name, detail) {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }));
  }
}
