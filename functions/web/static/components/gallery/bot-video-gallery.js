/** A community's videos, filtered by type, with a dialog to create more: `<bot-video-gallery community-id="sophia">`. Public element. */

import * as api from "../../data/api.js";
import { BOT_VIDEO_TYPES } from "../../data/bot-video-types.js";
import { session } from "../../data/session.js";
import { h, icon } from "../../lib/dom.js";
import { importOrNotify } from "../../lib/lazy-import.js";
import { VideoGallery } from "./video-gallery.js";

const CHOICES = [["", "All"], ...Object.entries(BOT_VIDEO_TYPES).map(([type, { label }]) => [type, label])];

class BotVideoGallery extends VideoGallery {
  static observedAttributes = ["community-id"];
  #dialog = null;

  get path() {
    return api.videosPath(this.getAttribute("community-id") ?? "");
  }
  get heading() {
    return "Videos";
  }

  start() {
    session.addEventListener("change", () => this.#restart(), { signal: this.signal });
    this.#dialog = null;
    if (!session.isAuthorized || !this.getAttribute("community-id")) return this.#showPlaceholder();
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

  attributeChangedCallback(_name, before, after) {
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

  filterGroups() {
    return [{ name: "type", label: "Type", choices: CHOICES }];
  }

  emptyState() {
    return [
      icon("film"),
      h("h3", {}, "No videos yet"),
      h("p", { class: "quiet" }, "Create an intro, a promo or a token reveal from the community's details."),
      h("button", { type: "button", onclick: () => this.#create({ type: "intro" }) }, "Create the intro"),
    ];
  }

  /** Without the type, which the badge shows. */
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

  #showPlaceholder() {
    this.shadowRoot.replaceChildren(
      h(
        "div",
        { class: "none" },
        icon("film"),
        h("h3", {}, "Community videos"),
        session.isAuthorized
          ? h("p", { class: "quiet" }, "Set the community-id attribute to show its videos.")
          : h("sign-in-button"),
      ),
    );
    if (!session.isAuthorized) importOrNotify(() => import("../account/sign-in-button.js"));
  }

  #restart() {
    this.disconnectedCallback();
    this.connectedCallback();
  }
}

customElements.define("bot-video-gallery", BotVideoGallery);
