/** What videos cost by the catalog's prices, as the server reckons it: whole cents for each, rounded up. */

export function estimatedUsd(model, { duration_seconds: seconds, resolution, variations = 1 }) {
  const cents = Math.ceil(Number((model.usd_per_second[resolution] * seconds * 100).toFixed(6)));
  return (cents * variations) / 100;
}
