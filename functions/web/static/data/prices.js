/** Estimated price from the catalog, computed as the server does: whole cents per video, rounded up. */

import { hasValue } from "./option-rules.js";

/**
 * The price of all variations.
 *
 * @param {Model} model
 * @param {Record<string, any>} values the fields as the rules see them
 */
export function estimateUsd(model, { variations = 1, ...values }) {
  const { usd_per_second: perSecond, usd_per_video: perVideo } = priceFor(model, values);
  const dollars = perVideo ?? perSecond * values.duration_seconds;
  const cents = Math.ceil(Number((dollars * 100).toFixed(6)));
  return (cents * variations) / 100;
}

/**
 * The first of the model's prices that applies. The resolution counts as it is delivered.
 *
 * @param {Model} model
 * @returns {Price}
 */
export function priceFor(model, values) {
  const delivered = { ...values, resolution: model.delivers ?? values.resolution };
  return firstPrice(model, delivered) ?? firstPrice(model, values) ?? model.prices[0];
}

function firstPrice({ prices }, values) {
  return prices.find(({ when }) => Object.entries(when).every(([name, value]) => hasValue(values, name, [value])));
}
