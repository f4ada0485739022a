/** Toasts: short messages at the edge of the page, optionally with one action, as in "Deleted · Undo". */

import { h, icon, sheet } from "./dom.js";
import { Element } from "./element.js";

const SHOWN_MS = 6000;

const style = sheet(`
:host { position: fixed; inset: auto 0 max(1rem, env(safe-area-inset-bottom)); justify-items: center; gap: 0.5rem; width: auto; margin: 0; padding: 0 1rem; border: 0; background: none; pointer-events: none; overflow: visible; }
:host(:popover-open) { display: grid; }
:host(:not(:popover-open)) { display: block; inset: auto; width: 0; height: 0; } /* still there for the screen reader */
.toast { display: flex; align-items: center; gap: 0.75rem; max-width: 34rem; padding: 0.5rem 0.5rem 0.5rem 1.1rem; border-radius: 1.5rem; background: var(--text); color: var(--ground); box-shadow: var(--lift); pointer-events: auto; font-size: 0.9375rem; animation: rise 180ms ease-out; overflow-wrap: anywhere; }
.toast button { flex: none; min-height: 2.25rem; border-color: transparent; background: none; color: inherit; text-decoration: underline; text-underline-offset: 0.2em; }
.toast button:hover { background: color-mix(in srgb, var(--ground) 16%, transparent); color: inherit; }
.toast button.round { width: 2.25rem; }
@keyframes rise { from { opacity: 0; translate: 0 0.75rem; } }
`);

export class ToastStack extends Element {
  static sheets = [style];

  start() {
    this.setAttribute("popover", "manual"); // in the top layer, so that an open dialog does not cover it
    this.shadowRoot.replaceChildren(h("div", { role: "status", "aria-live": "polite", class: "visually-hidden" }));
  }

  /**
   * Show a toast. `onAction` runs at most once; `onEnd` runs when the toast ends without it.
   *
   * @param {string} text
   * @param {{ action?: string, onAction?: () => void, onEnd?: () => void, milliseconds?: number }} [options]
   * @returns {() => void} removes the toast and runs neither callback
   */
  show(text, { action, onAction, onEnd, milliseconds = SHOWN_MS } = {}) {
    let timer = null;
    const end = (then) => {
      if (!node.isConnected) return;
      clearTimeout(timer);
      node.remove();
      if (!this.find(".toast")) this.hidePopover?.();
      then?.();
    };
    const node = h(
      "div",
      { class: "toast" },
      h("span", {}, text),
      action && h("button", { type: "button", onclick: () => end(onAction) }, action),
      h(
        "button",
        { type: "button", class: "round", "aria-label": "Dismiss", onclick: () => end(onEnd) },
        icon("close"),
      ),
    );
    // The toast stays while it is hovered or focused, so that slow readers can finish.
    const hold = () => clearTimeout(timer);
    const run = () => {
      clearTimeout(timer);
      timer = setTimeout(() => end(onEnd), milliseconds);
    };
    node.addEventListener("pointerenter", hold);
    node.addEventListener("focusin", hold);
    node.addEventListener("pointerleave", run);
    node.addEventListener("focusout", run);
    this.shadowRoot.append(node);
    if (this.matches(":popover-open")) this.hidePopover(); // shown again below, on top of a dialog that opened since
    this.showPopover?.();
    this.find("[role=status]").textContent = action ? `${text}. ${action} available.` : text;
    run();
    return () => end();
  }
}

customElements.define("toast-stack", ToastStack);

/**
 * Show a toast in the page's stack, which is created if there is none.
 *
 * @param {string} text
 * @param {Parameters<ToastStack["show"]>[1]} [options]
 */
export function toast(text, options) {
  let stack = /** @type {ToastStack | null} */ (document.querySelector("toast-stack"));
  if (!stack) {
    stack = new ToastStack();
    document.body.append(stack);
  }
  return stack.show(text, options);
}
