/** A card that offers a video: an intro for a new community, a reveal for a new token. Emits `offer-accepted` and `offer-declined`. */

import * as api from "../../data/api.js";
import { BOT_VIDEO_TYPES } from "../../data/bot-video-types.js";
import { session } from "../../data/session.js";
import { h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import "../common/community-avatar.js";

const style = sheet(`
.card { display: flex; flex-wrap: wrap; align-items: center; gap: 1rem 1.25rem; padding: 1.1rem 1.25rem; border: 1px solid color-mix(in srgb, var(--accent) 35%, var(--line)); border-radius: var(--round); background: linear-gradient(115deg, var(--tint), var(--surface) 75%); box-shadow: var(--shade); }
.face { position: relative; }
community-avatar, .mark { display: grid; place-items: center; width: 4rem; height: 4rem; border-radius: 28%; background: var(--tint); color: var(--accent); font-size: 1.25rem; }
.texts { flex: 1 1 16rem; display: grid; gap: 0.15rem; min-width: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.125rem; }
`);

class VideoOffer extends Element {
  static sheets = [style];
  #face = h("div", { class: "face" }, h("span", { class: "mark" }, icon("sparkle")));
  #title = h("h2", { id: "title" });
  #text = h("p", { class: "quiet small" });

  start() {
    this.shadowRoot.replaceChildren(
      h(
        "section",
        { class: "card", "aria-labelledby": "title" },
        this.#face,
        h("div", { class: "texts" }, this.#title, this.#text),
        h(
          "div",
          { class: "row" },
          h(
            "button",
            { type: "button", class: "main", onclick: () => this.emit("offer-accepted") },
            icon("sparkle"),
            "Create Video",
          ),
          h("button", { type: "button", class: "plain", onclick: () => this.emit("offer-declined") }, "Not now"),
        ),
      ),
    );
    session.addEventListener("change", () => this.#showCommunity(), { signal: this.signal });
    this.#setText({ name: "your community", agent_name: null, token_symbol: null });
    this.#showCommunity();
  }

  /** Show the community once it is loaded. The card works without it. */
  async #showCommunity() {
    const id = this.getAttribute("community-id");
    if (!id || !session.isAuthorized) return;
    const community = await api.community(id, this.signal).catch(() => null);
    if (!community || this.signal.aborted) return;
    this.#face.replaceChildren(h("community-avatar", { community }));
    this.#setText(community);
  }

  #setText(community) {
    const { title, text } = (BOT_VIDEO_TYPES[this.getAttribute("type")] ?? BOT_VIDEO_TYPES.intro).offer(community);
    this.#title.textContent = title;
    this.#text.textContent = text;
  }
}

customElements.define("video-offer", VideoOffer);
