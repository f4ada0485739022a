/** The few browser globals that the page's logic needs, for tests in Node. Import it before any module of the page. */

class Storage {
  getItem(key) {
    return Object.hasOwn(this, key) ? this[key] : null;
  }
  setItem(key, value) {
    this[key] = String(value);
  }
  removeItem(key) {
    delete this[key];
  }
}

/** A toast as the page shows it; `end` and `act` are what its user does. */
export const toasts = [];
const toastStack = {
  show(text, { action, onAction, onEnd } = {}) {
    const toast = { text, action, act: () => onAction?.(), end: () => onEnd?.(), isDismissed: false };
    toasts.push(toast);
    return () => {
      toast.isDismissed = true;
    };
  },
};

const page = new EventTarget();
Object.assign(globalThis, {
  window: page,
  addEventListener: page.addEventListener.bind(page),
  removeEventListener: page.removeEventListener.bind(page),
  dispatchEvent: page.dispatchEvent.bind(page),
  document: Object.assign(new EventTarget(), {
    hidden: false,
    querySelector: (selector) => (selector === "toast-stack" ? toastStack : null),
  }),
  location: { hash: "", reload: () => {} },
  history: {
    state: null,
    replaceState(_state, _title, url) {
      location.hash = url;
    },
  },
  sessionStorage: new Storage(),
  HTMLElement: class extends EventTarget {},
  CSSStyleSheet: class {
    replaceSync() {}
  },
  customElements: { define() {} },
});
Object.defineProperty(globalThis, "navigator", { value: { onLine: true }, configurable: true });

export function clearStorage() {
  for (const key of Object.keys(sessionStorage)) sessionStorage.removeItem(key);
}

/** Make the storage throw, as in a browser that blocks it. Return a function that restores it. */
export function blockStorage() {
  const storage = globalThis.sessionStorage;
  const fail = () => {
    throw new DOMException("blocked", "SecurityError");
  };
  globalThis.sessionStorage = { getItem: fail, setItem: fail, removeItem: fail };
  return () => {
    globalThis.sessionStorage = storage;
  };
}

/** Let all pending promises settle. */
export async function settle() {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
