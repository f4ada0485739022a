/** What a request costs, at once; and a moment later, by the server's dry run, what is left of the person's limits. */

import * as api from "../../data/api.js";
import { estimatedUsd } from "../../data/prices.js";
import { h, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { usd } from "../../lib/format.js";

const QUIET_MS = 600;

const style = sheet(`
:host { display: grid; gap: 0.1rem; }
.price { font-weight: 650; font-variant-numeric: tabular-nums; }
`);

class PriceLine extends Element {
  static sheets = [style];
  #price = h("p");
  #left = h("p", { class: "small quiet", role: "status" });
  #asking = null;
  #remaining = null;
  #shown = null;

  start() {
    this.shadowRoot.replaceChildren(this.#price, this.#left);
  }

  /** Shows the price. `ask(signal)`, a dry run, is called once no further update has come for a moment; null for not now. */
  update({ model, value, ask = null }) {
    this.#shown = { model, value, cost: estimatedUsd(model, value) };
    this.#showPrice();
    this.#tellLeft();
    this.#asking?.abort();
    if (ask) this.#ask(ask);
  }

  #showPrice() {
    const { model, value, cost } = this.#shown;
    const facts = [
      `${value.duration_seconds} s`,
      model.name,
      value.variations > 1 && `${value.variations} videos`,
      !model.price_verified_at && "unverified price",
    ];
    this.#price.replaceChildren(
      h("span", { class: "price" }, usd(cost)),
      h("span", { class: "small quiet" }, ["", ...facts.filter(Boolean)].join(" · ")),
    );
  }

  /** Why the limits do not allow it, in words, or null. */
  get reason() {
    if (!this.#remaining || !this.#shown) return null;
    const { videos_today: videos, usd_today: dollars, in_flight: inFlight } = this.#remaining;
    const { value, cost } = this.#shown;
    if (videos < value.variations)
      return `${leftOf(videos, dollars)}, and this asks for ${counted(value.variations)}. The limit starts anew at midnight UTC.`;
    if (dollars < cost)
      return `${leftOf(videos, dollars)}, and this costs ${usd(cost)}. The limit starts anew at midnight UTC.`;
    if (inFlight < value.variations)
      return "As many videos are in the making as may be at a time. Wait for one to be finished.";
    return null;
  }

  async #ask(ask) {
    const asking = (this.#asking = new AbortController());
    const signal = AbortSignal.any([asking.signal, this.signal]);
    try {
      await api.pause(QUIET_MS, signal);
      const { cost, remaining } = await ask(signal);
      this.#remaining = remaining;
      this.#shown.cost = cost.estimated_usd; // the server's word, should the catalog have changed since
    } catch {
      return; // it is only a preview: what is wrong with the request is said when it is really asked for
    }
    this.#showPrice();
    this.#tellLeft();
    this.tell("price-known", { remaining: this.#remaining });
  }

  #tellLeft() {
    if (!this.#remaining) return;
    const said = this.reason ?? `${leftOf(this.#remaining.videos_today, this.#remaining.usd_today)}.`;
    if (this.#left.textContent !== said) this.#left.textContent = said;
    this.#left.className = `small ${this.reason ? "wrong" : "quiet"}`;
  }
}

const counted = (videos) => `${videos === 0 ? "no" : videos} video${videos === 1 ? "" : "s"}`;
const leftOf = (videos, dollars) => {
  const text = `${counted(videos)} and ${usd(dollars)} left today`;
  return text[0].toUpperCase() + text.slice(1);
};

customElements.define("price-line", PriceLine);
