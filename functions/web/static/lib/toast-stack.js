/** Short messages at the edge of the page, some with one thing to do about it, as in "Deleted · Undo". */

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
    this.shadowRoot.replaceChildren(h("div", { role: "status", "aria-live": "polite", class: "unseen" }));
  }

  /** Shows it; `onAction` runs at most once, `onEnd` when it went away without. Gives a function that takes it away. */
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
    // While it is pointed at or focused it stays: reading takes as long as it takes.
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
    if (this.matches(":popover-open")) this.hidePopover(); // again, to come before a dialog that opened since
    this.showPopover?.();
    this.find("[role=status]").textContent = action ? `${text} ${action} is possible.` : text;
    run();
    return () => end();
  }
}

customElements.define("toast-stack", ToastStack);

/** Shows it in the page's stack of them, which is made if there is none. */
export function toast(text, options) {
  let stack = document.querySelector("toast-stack");
  if (!stack) document.body.append((stack = new ToastStack()));
  return stack.show(text, options);
}
