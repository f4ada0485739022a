/** Prepare source images: turn them upright, remove camera metadata, scale them down, and upload them. */

import * as api from "./api.js";

const TYPES = ["image/jpeg", "image/png", "image/webp"];
const MAGIC_NUMBERS = ["\xFF\xD8\xFF", "\x89PNG\r\n\x1A\n"];
const MAX_LONG_SIDE_PX = 2048;
const MIN_SHORT_SIDE_PX = 1080; // a panorama keeps this height, so that a crop of it is not too small
const JPEG_QUALITY = 0.92;
const WHOLE = { x: 0, y: 0, width: 1, height: 1 };

/** An image that cannot be used. The message is for the user. */
export class UnusableImage extends Error {}

/** A chosen image file, and the JPEG made from it: the whole image, which the server center-crops, or a manual crop. */
export class SourceImage {
  #content; // a JPEG
  #name = null;

  constructor({ file, size, part, content }) {
    this.file = file;
    this.size = size;
    this.part = part;
    this.url = URL.createObjectURL(content);
    this.#content = content;
  }

  /**
   * `part` is the crop, `{ x, y, width, height }` in fractions of the upright image, or null. Then `shape`, a ratio, crops the
   * center of the image. Throws UnusableImage.
   *
   * @param {File} file
   * @param {object | null} [part]
   * @param {string | null} [shape]
   */
  static async of(file, part = null, shape = null) {
    const bitmap = await decode(file);
    try {
      const size = { width: bitmap.width, height: bitmap.height };
      const content = await encode(bitmap, part ?? (shape ? centerPart(size, shape) : WHOLE));
      return new SourceImage({ file, part, content, size });
    } finally {
      bitmap.close(); // it uses tens of megabytes
    }
  }

  /** Return why the image cannot be used with this aspect ratio and these limits, or null. */
  problem(ratio, { minSide, maxBytes }) {
    if (this.#content.size > maxBytes) return "This image is too large. Choose a smaller one.";
    const { width, height } = cropSize(this.size, ratio);
    if (Math.min(width, height) >= minSide) return null;
    return `This image is too small. Cropped to ${ratio}, each side must have at least ${minSide} pixels.`;
  }

  /** Upload the image once, and return its name for a request. Uploads again after a failure or `forgetName`. Throws Problem. */
  name() {
    this.#name ??= api.upload(this.#content).catch((error) => {
      this.#name = null;
      throw error;
    });
    return this.#name;
  }

  forgetName() {
    this.#name = null;
  }

  close() {
    URL.revokeObjectURL(this.url);
  }
}

/** Return the size of the largest crop with this aspect ratio. */
export function cropSize({ width, height }, ratio) {
  const [x, y] = ratio.split(":").map(Number);
  return { width: Math.min(width, (height * x) / y), height: Math.min(height, (width * y) / x) };
}

/** Return the center of an image with this aspect ratio, in fractions of the image. */
function centerPart(size, ratio) {
  const crop = cropSize(size, ratio);
  const [width, height] = [crop.width / size.width, crop.height / size.height];
  return { x: (1 - width) / 2, y: (1 - height) / 2, width, height };
}

/** Return the maximum zoom at which the crop still has enough pixels. */
export function maxZoom(size, ratio, minSide) {
  const { width, height } = cropSize(size, ratio);
  return Math.max(1, Math.min(4, Math.min(width, height) / minSide));
}

async function decode(file) {
  if (!TYPES.includes(file.type) && !(await hasImageSignature(file)))
    throw new UnusableImage("This file type is not supported. Choose a JPEG, PNG or WebP image.");
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new UnusableImage("This image could not be read. It may be damaged. Choose another one.");
  }
}

/** Check the file's first bytes, because some files come without a type or with a wrong one. */
async function hasImageSignature(file) {
  const start = String.fromCharCode(...new Uint8Array(await file.slice(0, 12).arrayBuffer()));
  const isWebP = start.startsWith("RIFF") && start.endsWith("WEBP");
  return isWebP || MAGIC_NUMBERS.some((it) => start.startsWith(it));
}

async function encode(bitmap, part) {
  const [left, width] = [part.x * bitmap.width, part.width * bitmap.width];
  const [top, height] = [part.y * bitmap.height, part.height * bitmap.height];
  const shrink = Math.min(
    1,
    Math.max(MAX_LONG_SIDE_PX / Math.max(width, height), MIN_SHORT_SIDE_PX / Math.min(width, height)),
  );
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width * shrink), Math.round(height * shrink)];
  const context = canvas.getContext("2d");
  context.fillStyle = "white"; // behind transparent pixels
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, left, top, width, height, 0, 0, canvas.width, canvas.height);
  const content = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", JPEG_QUALITY));
  if (!content) throw new UnusableImage("This image is too large. Choose a smaller one.");
  return content;
}
