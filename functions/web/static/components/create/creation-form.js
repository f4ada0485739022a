/** Load what the form for a community's video needs, and show it with a choice of communities. Emits `settings-requested`. */

import * as api from "../../data/api.js";
import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { newCommunityUrl } from "../../lib/urls.js";
import "./bot-video-form.js";

const MAX_COMMUNITIES = 100; // in the select; more would need a search

const style = sheet(`
.field { padding: 1.25rem clamp(1rem, 4vw, 1.5rem) 0; }
.empty { display: grid; justify-items: start; gap: 0.75rem; padding: 1.5rem; }
.skeleton { height: 16rem; margin: 1.5rem; }
`);

class CreationForm extends Element {
  static sheets = [style];
  /** @type {Community[]} */
  #communities = [];
  #communityId = null; // of the community that is shown
  #select = h("select", { id: "community", onchange: () => this.#show(this.#select.value) });
  #form = h("bot-video-form");

  /**
   * Load models and communities, and show the form. Text from before stays. Without `communityId` the user chooses a
   * community. `type` is selected at first, and `remixed` is the video to remix.
   *
   * @param {{ communityId?: string | null, type?: string | null, remixed?: Video | null }} [options]
   */
  async open({ communityId = null, type = null, remixed = null } = {}) {
    import("../video/video-progress-list.js").catch(() => {}); // preload what will show the video
    if (!this.#form.isConnected)
      this.shadowRoot.replaceChildren(h("div", { class: "skeleton", role: "status", "aria-label": "Loading" }));
    let models;
    try {
      [models, this.#communities] = await Promise.all([api.models(), fetchCommunities(communityId, this.signal)]);
    } catch (error) {
      if (!this.signal.aborted) this.#showError(error, () => this.open({ communityId, type, remixed }));
      return;
    }
    if (this.#communities.length === 0) {
      this.#showNoCommunity();
      return;
    }
    this.#render(communityId === null);
    this.#form.prepare({ models, type, remixed });
    this.#show((this.#communities.find((it) => it.id === this.#communityId) ?? this.#communities[0]).id);
    this.#form.focus();
  }

  #showError(error, onRetry) {
    const notice = h("div", { class: "notice bad", role: "alert" }, error.message);
    const button = h("button", { type: "button", onclick: onRetry }, "Try again");
    this.shadowRoot.replaceChildren(h("div", { class: "empty" }, notice, button));
  }

  #showNoCommunity() {
    const onclick = () => this.emit("settings-requested");
    const link = h("a", { class: "button main", href: newCommunityUrl(), onclick }, "Create your first community");
    const text = h("p", {}, "You need a community to create its videos.");
    this.shadowRoot.replaceChildren(h("div", { class: "empty" }, text, link));
  }

  #render(hasChoice) {
    this.#select.replaceChildren(...this.#communities.map((it) => h("option", { value: it.id }, it.name)));
    if (this.#form.isConnected) return;
    const choice = h("div", { class: "field" }, h("label", { for: "community" }, "Community"), this.#select);
    this.shadowRoot.replaceChildren(...(hasChoice ? [choice] : []), this.#form);
  }

  #show(id) {
    this.#communityId = id;
    this.#select.value = id;
    this.#form.community = this.#communities.find((it) => it.id === id);
  }
}

/** Fetch one community, or those of the user. */
async function fetchCommunities(id, signal) {
  if (id) return [await api.community(id, signal)];
  return (await api.communities({ limit: MAX_COMMUNITIES }, signal)).communities;
}

customElements.define("creation-form", CreationForm);
