/** The estimated price at once, and after a dry run the remaining daily limits. Emits `price-known`. */

import * as api from "../../data/api.js";
import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { usd } from "../../lib/format.js";

const DEBOUNCE_MS = 600;

const style = sheet(`
:host { display: grid; gap: 0.1rem; }
.price { font-weight: 650; font-variant-numeric: tabular-nums; }
`);

class PriceLine extends Element {
  static sheets = [style];
  #price = h("p");
  #limits = h("p", { class: "small quiet", role: "status" });
  #aborter = null;
  #remaining = null;
  #shown = null;

  start() {
    this.shadowRoot.replaceChildren(this.#price, this.#limits);
  }

  /**
   * Show the price, and fetch the limits once the updates pause. Without `fetchPrice` no dry run is made.
   *
   * @param {import("../../data/video-choice.js").VideoChoice} choice with a model
   * @param {{ fetchPrice?: ((signal: AbortSignal) => Promise<any>) | null }} [options]
   */
  update({ model, fields, variations, price }, { fetchPrice = null } = {}) {
    this.#shown = { model, fields, variations, cost: price };
    this.#showPrice();
    this.#showLimits();
    this.#aborter?.abort();
    if (fetchPrice) this.#fetch(fetchPrice);
  }

  #showPrice() {
    const { model, fields, variations, cost } = this.#shown;
    const facts = [
      `${fields.duration_seconds} s`,
      model.name,
      fields.sound && "with sound",
      variations > 1 && `${variations} videos`,
      !model.price_verified_at && "unverified price",
    ];
    this.#price.replaceChildren(
      h("span", { class: "visually-hidden" }, "Estimated price: "),
      h("span", { class: "price" }, usd(cost)),
      h("span", { class: "small quiet" }, ["", ...facts.filter(Boolean)].join(" · ")),
    );
  }

  /** Why the limits do not allow the request, or null. */
  get limitMessage() {
    if (!this.#remaining || !this.#shown) return null;
    const { videos_today: videos, usd_today: dollars, in_flight: inFlight } = this.#remaining;
    const { variations, cost } = this.#shown;
    if (videos < variations)
      return `${remainingText(videos, dollars)}, but you are requesting ${countText(variations)}. Limits reset at midnight UTC.`;
    if (dollars < cost)
      return `${remainingText(videos, dollars)}, but this costs ${usd(cost)}. Limits reset at midnight UTC.`;
    if (inFlight < variations)
      return "You have reached the maximum number of videos in progress. Wait for one to finish.";
    return null;
  }

  async #fetch(fetchPrice) {
    this.#aborter = new AbortController();
    const signal = AbortSignal.any([this.#aborter.signal, this.signal]);
    try {
      await api.pause(DEBOUNCE_MS, signal);
      const { cost, remaining } = await fetchPrice(signal);
      this.#remaining = remaining;
      this.#shown.cost = cost.estimated_usd; // the server's price, in case the catalog has changed
    } catch {
      return; // only a preview: errors are shown when the request is submitted
    }
    this.#showPrice();
    this.#showLimits();
    this.emit("price-known", { remaining: this.#remaining });
  }

  #showLimits() {
    if (!this.#remaining) return;
    const text = this.limitMessage ?? `${remainingText(this.#remaining.videos_today, this.#remaining.usd_today)}.`;
    if (this.#limits.textContent !== text) this.#limits.textContent = text;
    this.#limits.className = `small ${this.limitMessage ? "error" : "quiet"}`;
  }
}

const countText = (videos) => `${videos === 0 ? "no" : videos} video${videos === 1 ? "" : "s"}`;
const remainingText = (videos, dollars) => {
  const text = `${countText(videos)} and ${usd(dollars)} left today`;
  return text[0].toUpperCase() + text.slice(1);
};

customElements.define("price-line", PriceLine);
