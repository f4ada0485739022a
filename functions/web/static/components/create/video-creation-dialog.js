/** Making a community's video in a dialog: what it shall be, how it goes, the finished video. Or, as an offer, a card that opens it. */

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

let number = 0;

export class VideoCreationDialog extends Element {
  static sheets = [style];
  static observedAttributes = ["community-id", "type", "offer"];
  #titleId = `creation-${(number += 1)}`;
  #title = h("h2", { id: this.#titleId }, "Create a video");
  #body = h("div");
  #dialog = h(
    "dialog",
    { "aria-labelledby": this.#titleId, onclose: () => this.tell("creation-closed") },
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
  #stage = null;
  #person = session.email;
  #asked = {}; // what it was opened with

  start() {
    if (!this.#dialog.isConnected) this.shadowRoot.append(this.#dialog);
    session.addEventListener("change", () => this.#turnTo(session.email), { signal: this.signal });
    this.#showOffer();
  }

  /** Who comes back finds what they typed; nobody else does. */
  #turnTo(person) {
    if (person && this.#person && person !== this.#person) this.#form = this.#stage = null;
    this.#person = person ?? this.#person;
    if (this.#dialog.open) this.#show();
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.isConnected) return;
    if (name === "community-id") this.#form = this.#stage = null; // what was typed was meant for the other one
    this.#showOffer();
  }

  /** Opens with what was typed before; `remixed` is a video of the community to vary, `type` goes before the attribute. */
  async open({ type = this.getAttribute("type"), remixed = null } = {}) {
    this.#asked = { type, remixed };
    if (!this.#dialog.open) this.#dialog.showModal();
    if (remixed || this.#stage?.videos.every(isFinished)) this.#stage = null;
    await this.#show();
  }

  close() {
    this.#dialog.close();
  }

  async #show() {
    try {
      await this.#shown();
    } catch {
      this.#put(
        h("p", { class: "notice bad", role: "alert" }, "This could not be loaded. Close it and try again."),
        "Create a video",
      );
    }
  }

  async #shown() {
    if (!session.isOpen) return this.#askWho();
    if (this.#stage) return this.#put(this.#stage, "Your video");
    await import("./creation-form.js");
    this.#form ??= this.#newForm();
    this.#put(this.#form, this.#asked.remixed ? "Remix a video" : "Create a video");
    await this.#form.open({ communityId: this.getAttribute("community-id"), ...this.#asked });
    this.#asked = { ...this.#asked, type: null }; // chosen once; from then on the person's choice counts
    return null;
  }

  async #askWho() {
    await import("../account/sign-in.js");
    this.#put(h("sign-in", { compact: true }), "Sign in to Keepreel");
  }

  #put(node, title) {
    this.#title.textContent = title;
    if (this.#body.firstChild !== node) this.#body.replaceChildren(node);
  }

  #newForm() {
    return h("creation-form", {
      "onvideos-created": ({ detail }) => this.#follow(detail.videos),
      "onsettings-wanted": () => this.close(),
      "onremix-left": () => this.#leaveRemix(),
    });
  }

  #leaveRemix() {
    this.#asked = {};
    this.#title.textContent = "Create a video";
  }

  async #follow(videos) {
    if (!(await importOrNotify(() => import("../video/creation-stage.js")))) return this.close(); // a gallery shows them too
    this.#stage = h("creation-stage", {
      videos,
      "oncreate-another": () => this.#again({}),
      "onvideo-remix": (event) => {
        event.stopPropagation();
        this.#again({ remixed: event.detail.video });
      },
    });
    this.#put(this.#stage, "Your video");
    this.#stage.focus();
  }

  #again({ remixed = null }) {
    this.#stage = null;
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
