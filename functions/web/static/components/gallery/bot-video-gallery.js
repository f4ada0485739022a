/** A community's videos, by type, and the way to a further one: `<bot-video-gallery community-id="sophia">`. */

import * as api from "../../data/api.js";
import { BOT_VIDEO_TYPES } from "../../data/bot-video-types.js";
import { session } from "../../data/session.js";
import { h, icon } from "../../lib/dom.js";
import { importOrNotify } from "../../lib/lazy-import.js";
import { VideoGallery } from "./video-gallery.js";

const CHOICES = [["", "All"], ...Object.entries(BOT_VIDEO_TYPES).map(([type, { word }]) => [type, word])];

class BotVideoGallery extends VideoGallery {
  static observedAttributes = ["community-id"];
  #dialog = null;

  get folder() {
    return api.folder(this.getAttribute("community-id") ?? "");
  }
  get heading() {
    return "Videos";
  }

  start() {
    session.addEventListener("change", () => this.#restart(), { signal: this.signal });
    this.#dialog = null;
    if (!session.isOpen || !this.getAttribute("community-id")) return this.#invite();
    super.start();
    this.addEventListener(
      "video-remix",
      (event) => {
        event.preventDefault();
        this.#create({ remixed: event.detail.video });
      },
      { signal: this.signal },
    );
    return null;
  }

  attributeChangedCallback(name, before, after) {
    if (this.isConnected && before !== after) this.#restart();
  }

  reload() {
    return this.find("card-grid") ? super.reload() : null;
  }

  actions() {
    return [
      h(
        "button",
        { type: "button", class: "main", onclick: () => this.#create({ type: this.filters.type }) },
        icon("plus"),
        "Create Video",
      ),
    ];
  }

  chips() {
    return [{ name: "type", label: "Type", choices: CHOICES }];
  }

  nothingYet() {
    return [
      icon("film"),
      h("h3", {}, "No videos yet"),
      h(
        "p",
        { class: "quiet" },
        "An introduction, a promo, the reveal of a token: made from what the community says about itself.",
      ),
      h("button", { type: "button", onclick: () => this.#create({ type: "intro" }) }, "Create the introduction"),
    ];
  }

  /** Its badge says the type already. */
  titleOf(video) {
    return video.prompt ?? video.final_prompt;
  }

  async #create(options) {
    if (!(await importOrNotify(() => import("../create/video-creation-dialog.js")))) return;
    if (!this.#dialog) {
      this.#dialog = h("video-creation-dialog", {
        "community-id": this.getAttribute("community-id"),
        "onvideos-created": ({ detail }) => this.add(detail.videos),
      });
      this.shadowRoot.append(this.#dialog);
    }
    await this.#dialog.open(options);
  }

  #invite() {
    this.shadowRoot.replaceChildren(
      h(
        "div",
        { class: "none" },
        icon("film"),
        h("h3", {}, "Videos of this community"),
        session.isOpen
          ? h("p", { class: "quiet" }, "The attribute community-id says whose they are.")
          : h("sign-in-button"),
      ),
    );
    if (!session.isOpen) importOrNotify(() => import("../account/sign-in-button.js"));
  }

  #restart() {
    this.disconnectedCallback();
    this.connectedCallback();
  }
}

customElements.define("bot-video-gallery", BotVideoGallery);
