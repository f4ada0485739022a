/** What both create forms share beyond their fields: price, remix line, notice, and sending a request once. */

import * as api from "../../data/api.js";
import { PendingRequest } from "../../data/pending-request.js";
import { h } from "../../lib/dom.js";
import { ignoreHeldEnter } from "../../lib/no-key-repeat.js";
import { ChoiceForm } from "./choice-form.js";
import "./price-line.js";

/**
 * @typedef {{ path: string, request: object, draft?: Draft }} BuiltRequest
 */

export class RequestForm extends ChoiceForm {
  /** Names the stored pending request; every form has its own. */
  static pendingName = "";
  pending = new PendingRequest(/** @type {typeof RequestForm} */ (this.constructor).pendingName);
  isSending = false;
  price = h("price-line", { id: "price", "onprice-known": () => this.updateButton() });
  remixLine = h("div", { class: "notice remixed", hidden: true });
  notice = h("div", { class: "notice bad", role: "alert", hidden: true });
  button = h("button", { class: "main", "aria-describedby": "price", onclick: preventDoubleClick });

  /** Create the form element around the given children. */
  createForm(attributes, ...children) {
    const onsubmit = (event) => {
      event.preventDefault();
      this.submit();
    };
    const onchoice = (event) => this.choose(event);
    const listeners = { onkeydown: ignoreHeldEnter, onsubmit, "onoption-changed": onchoice };
    return h("form", { novalidate: true, ...listeners, ...attributes }, ...children);
  }

  // What the forms implement.

  /** Whether the price can be requested now. */
  get isPriceable() {
    return false;
  }
  /** Whether something other than a limit or a running request prevents submitting. */
  get isBlocked() {
    return false;
  }
  /** The button's content while nothing is being sent. */
  buttonContent() {
    return [];
  }
  /** Show what is missing, and focus it. Return whether the form may be submitted. */
  validate() {
    return true;
  }
  /**
   * Build the request from the form as it is now. A chosen image may still be uploading.
   *
   * @returns {Promise<BuiltRequest>}
   */
  async buildRequest() {
    throw new Error("not implemented");
  }
  /**
   * Send a request, and show the result.
   *
   * @param {() => Promise<Video[]>} _send
   */
  async sendAndShow(_send) {}

  async submit() {
    if (this.button.disabled || !this.validate()) return;
    const { signal } = this;
    const built = this.buildRequest();
    await this.sendAndShow(async () => {
      const { path, request, draft } = await built;
      signal.throwIfAborted(); // a user who signs out during the upload must not send the request
      return this.pending.send(path, request, draft);
    });
  }

  updatePrice() {
    const canBeSent = this.isPriceable && Object.keys(this.optionProblems).length === 0;
    this.price.update(this.choice, { fetchPrice: canBeSent ? (signal) => this.fetchPrice(signal) : null });
    this.updateButton();
  }

  async fetchPrice(signal) {
    const { path, request } = await this.buildRequest();
    return api.price(path, request, signal);
  }

  setSending(isSending) {
    this.isSending = isSending;
    this.updateButton();
  }

  updateButton() {
    this.button.disabled =
      this.isSending || this.isFindingSuccessor || this.isBlocked || this.price.limitMessage !== null;
    const sending = [h("span", { class: "spinner" }), "Creating…"];
    this.button.replaceChildren(...(this.isSending ? sending : this.buttonContent()));
  }

  /** Show the title of the remixed video, with a button to cancel the remix; null hides the line. */
  showRemixLine(title, onCancel) {
    this.remixLine.hidden = title === null;
    this.remixLine.replaceChildren(
      ...(title === null
        ? []
        : [
            h("span", {}, "Remix of ", h("strong", {}, title)),
            h("button", { type: "button", class: "chip", onclick: onCancel }, "Cancel remix"),
          ]),
    );
  }

  /** Show an error, with a button to try again if `onRetry` is given; null hides it. */
  showNotice(text, onRetry = null) {
    this.notice.hidden = !text;
    this.notice.replaceChildren(
      ...(text ? [h("span", {}, text)] : []),
      ...(text && onRetry ? [h("button", { type: "button", onclick: onRetry }, "Try again")] : []),
    );
  }
}

/** The second click of a double click is never intended, even if the first request has already been answered. */
function preventDoubleClick(event) {
  if (event.detail > 1) event.preventDefault();
}
