/** The size of an image by its URL. */

/**
 * Load an image, and return its shape as a ratio of pixels, such as "1600:1200"; null if it cannot be loaded.
 *
 * @param {string} url
 * @returns {Promise<string | null>}
 */
export async function loadShape(url) {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return shapeOf({ width: image.naturalWidth, height: image.naturalHeight });
  } catch {
    return null;
  }
}

export const shapeOf = ({ width, height }) => `${width}:${height}`;
