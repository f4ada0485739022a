/** Pictures made fit to be a source: upright, without what a camera notes in them, no larger than any model draws; uploaded. */

import * as api from "./api.js";

const TYPES = ["image/jpeg", "image/png", "image/webp"];
const BEGINNINGS = [/^\xFF\xD8\xFF/, /^\x89PNG\r\n\x1A\n/, /^RIFF[^]{4}WEBP/];
const SMALLEST_SIDE = 300; // the server's limit, once cut to the ratio
const LONGEST_SIDE = 2048;
const SHORT_SIDE = 1080; // a panorama keeps as much of its height, so that what is cut from it is not too small
const LARGEST_BYTES = 10 * 1024 * 1024;
const QUALITY = 0.92;
const WHOLE = { x: 0, y: 0, width: 1, height: 1 };

/** A picture that cannot be used; the message is for a person. */
export class BadImage extends Error {}

/** What a person chose, and what is sent of it: all of it (the server cuts it round its centre), or a part. */
export class SourceImage {
  #content; // a JPEG
  #name = null;

  constructor({ file, size, part, content }) {
    Object.assign(this, { file, size, part, url: URL.createObjectURL(content) });
    this.#content = content;
  }

  /** `part` is `{ x, y, width, height }` in fractions of the upright picture, or null. Raises BadImage. */
  static async of(file, part = null) {
    const bitmap = await decoded(file);
    try {
      const content = await encoded(bitmap, part ?? WHOLE);
      return new SourceImage({ file, part, content, size: { width: bitmap.width, height: bitmap.height } });
    } finally {
      bitmap.close(); // dozens of megabytes
    }
  }

  /** What is wrong with it for this ratio, or null. */
  problem(ratio) {
    const { width, height } = box(this.size, ratio);
    if (Math.min(width, height) >= SMALLEST_SIDE) return null;
    return `This picture is too small: cut to ${ratio} it must be ${SMALLEST_SIDE} pixels on each side.`;
  }

  /** Its name for a request; uploaded the first time, and again after that failed or was forgotten. Raises Problem. */
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

/** The width and height of the largest part that has this ratio. */
export function box({ width, height }, ratio) {
  const [across, down] = ratio.split(":").map(Number);
  return { width: Math.min(width, (height * across) / down), height: Math.min(height, (width * down) / across) };
}

/** How far one may zoom into a picture and still have enough of it. */
export function farthestZoom(size, ratio) {
  const { width, height } = box(size, ratio);
  return Math.max(1, Math.min(4, Math.min(width, height) / SMALLEST_SIDE));
}

async function decoded(file) {
  if (!TYPES.includes(file.type) && !(await looksUsable(file)))
    throw new BadImage("This is not a picture that can be used. Choose a JPEG, PNG or WebP.");
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new BadImage("This picture cannot be read; it may be broken or cut off. Choose another one.");
  }
}

/** By how it begins: some come without a type, or with one of their own. */
async function looksUsable(file) {
  const start = String.fromCharCode(...new Uint8Array(await file.slice(0, 12).arrayBuffer()));
  return BEGINNINGS.some((it) => it.test(start));
}

async function encoded(bitmap, part) {
  const [left, width] = [part.x * bitmap.width, part.width * bitmap.width];
  const [top, height] = [part.y * bitmap.height, part.height * bitmap.height];
  const shrink = Math.min(1, Math.max(LONGEST_SIDE / Math.max(width, height), SHORT_SIDE / Math.min(width, height)));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width * shrink), Math.round(height * shrink)];
  const context = canvas.getContext("2d");
  context.fillStyle = "white"; // where it is transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, left, top, width, height, 0, 0, canvas.width, canvas.height);
  const content = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  if (!content || content.size > LARGEST_BYTES)
    throw new BadImage("This picture is too large. Make it smaller, or choose another one.");
  return content;
}
