/** The dialog to create a community's video: form, progress, finished video. With `offer`, a card opens it. Public element. */

import { session } from "../../data/session.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { isFinished } from "../../lib/format.js";
import { importOrNotify } from "../../lib/lazy-import.js";

const style = sheet(`
:host(:not([offer])) { display: contents; }
dialog { width: min(46rem, 100vw - 2rem); overscroll-behavior: contain; }
header { position: sticky; top: 0; z-index: 2; display: flex; align-items: center; justify-content: space-between; gap: 1rem; padding: 0.75rem clamp(0.5rem, 2vw, 0.75rem) 0.75rem clamp(1rem, 4vw, 1.5rem); border-bottom: 1px solid var(--line); background: var(--surface); }
@media (max-width: 40rem) {
  dialog { width: 100vw; max-width: none; height: 100dvh; max-height: none; margin: 0; border: 0; border-radius: 0; }
}
`);

let count = 0;
function nextId() {
  count += 1;
  return `creation-${count}`;
}

export class VideoCreationDialog extends Element {
  static sheets = [style];
  static observedAttributes = ["community-id", "type", "offer"];
  #titleId = nextId();
  #title = h("h2", { id: this.#titleId }, "Create video");
  #body = h("div");
  #dialog = h(
    "dialog",
    { "aria-labelledby": this.#titleId, onclose: () => this.emit("creation-closed") },
    h(
      "header",
      {},
      this.#title,
      h(
        "button",
        { type: "button", class: "plain round", "aria-label": "Close", onclick: () => this.close() },
        icon("close"),
      ),
    ),
    this.#body,
  );
  #form = null;
  #progress = null;
  #user = session.email;
  #options = {}; // of the last `open`
  #displaying = Promise.resolve(); // the loading of what shows the last created videos

  start() {
    if (!this.#dialog.isConnected) this.shadowRoot.append(this.#dialog);
    session.addEventListener("change", () => this.#setUser(session.email), { signal: this.signal });
    this.#showOffer();
  }

  /** A returning user finds their text again; another user does not. */
  #setUser(user) {
    if (user && this.#user && user !== this.#user) this.#form = this.#progress = null;
    this.#user = user ?? this.#user;
    if (this.#dialog.open) this.#show();
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.isConnected) return;
    if (name === "community-id") this.#form = this.#progress = null; // the text was for the other community
    this.#showOffer();
  }

  /** Open the dialog; text from before stays. `remixed` is a video to remix; `type` overrides the attribute. */
  async open({ type = this.getAttribute("type"), remixed = null } = {}) {
    this.#options = { type, remixed };
    if (!this.#dialog.open) this.#dialog.showModal();
    const seen = this.#progress;
    await this.#displaying; // the form must not come back before the user has seen the video, or they would pay twice
    if (remixed || (this.#progress === seen && seen?.videos.every(isFinished))) this.#progress = null;
    await this.#show();
  }

  close() {
    this.#dialog.close();
  }

  async #show() {
    try {
      await this.#showContent();
    } catch {
      this.#put(
        h("p", { class: "notice bad", role: "alert" }, "The form could not be loaded. Close the dialog and try again."),
        "Create video",
      );
    }
  }

  async #showContent() {
    if (!session.isAuthorized) return this.#showSignIn();
    if (this.#progress) return this.#put(this.#progress, "Your video");
    await import("./creation-form.js");
    this.#form ??= this.#newForm();
    this.#put(this.#form, this.#options.remixed ? "Remix video" : "Create video");
    await this.#form.open({ communityId: this.getAttribute("community-id"), ...this.#options });
    this.#options = { ...this.#options, type: null }; // selected once; then the user's choice counts
    return null;
  }

  async #showSignIn() {
    await import("../account/sign-in.js");
    this.#put(h("sign-in", { compact: true }), "Sign in to Keepreel");
  }

  #put(node, title) {
    this.#title.textContent = title;
    if (this.#body.firstChild !== node) this.#body.replaceChildren(node);
  }

  #newForm() {
    return h("creation-form", {
      "onvideos-created": ({ detail }) => {
        this.#displaying = this.#showProgress(detail.videos);
      },
      "onsettings-requested": () => this.close(),
      "onremix-canceled": () => this.#cancelRemix(),
    });
  }

  #cancelRemix() {
    this.#options = {};
    this.#title.textContent = "Create video";
  }

  async #showProgress(videos) {
    if (!(await importOrNotify(() => import("../video/video-progress-list.js")))) return this.close(); // the gallery shows the videos too
    this.#progress = h("video-progress-list", {
      "in-dialog": true,
      "oncreate-another": () => this.#createAnother({}),
      "onvideo-remix": (event) => {
        event.stopPropagation();
        this.#createAnother({ remixed: event.detail.video });
      },
    });
    this.#put(this.#progress, "Your video");
    this.#progress.show(videos);
    this.#progress.focus();
  }

  #createAnother({ remixed = null }) {
    this.#progress = null;
    return this.open({ type: null, remixed });
  }

  #showOffer() {
    const shown = this.find("video-offer");
    if (!this.hasAttribute("offer")) return shown?.remove();
    return importOrNotify(() => import("./video-offer.js")).then((it) => {
      if (!it) return;
      this.find("video-offer")?.remove();
      this.shadowRoot.prepend(
        h("video-offer", {
          type: this.getAttribute("type") ?? "intro",
          "community-id": this.getAttribute("community-id"),
          "onoffer-accepted": () => this.open(),
          "onoffer-declined": () => this.removeAttribute("offer"),
        }),
      );
    });
  }
}

customElements.define("video-creation-dialog", VideoCreationDialog);
