/** Estimated price from the catalog, computed as the server does: whole cents per video, rounded up. */

/**
 * @param {Model} model
 * @param {Settings} settings
 */
export function estimateUsd(model, { duration_seconds: seconds, resolution, variations = 1 }) {
  const cents = Math.ceil(Number((model.usd_per_second[resolution] * seconds * 100).toFixed(6)));
  return (cents * variations) / 100;
}
