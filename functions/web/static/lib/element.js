/** The base class of all elements: a shadow root with the shared style sheet, an abort signal, and events that bubble. */

import { themeSheet } from "./theme.js";

export class Element extends HTMLElement {
  /** @type {CSSStyleSheet[]} style sheets of the class, applied after the shared one */
  static sheets = [];
  #aborter = new AbortController();

  constructor() {
    super();
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [themeSheet, ...new.target.sheets];
  }

  /** Aborted when the element leaves the page; pass it to listeners, requests and timers that must end then. */
  get signal() {
    return this.#aborter.signal;
  }

  connectedCallback() {
    if (this.#aborter.signal.aborted) this.#aborter = new AbortController();
    this.start();
  }

  disconnectedCallback() {
    this.#aborter.abort();
  }

  /** Called when the element is connected to the page, and again after it was moved. */
  start() {}

  /** @returns {any} the first match in the shadow root, or null */
  find(selector) {
    return this.shadowRoot.querySelector(selector);
  }

  /** Dispatch an event that bubbles out of shadow roots. Return false if a listener called `preventDefault`. */
  emit(name, detail) {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true, cancelable: true }));
  }
}
