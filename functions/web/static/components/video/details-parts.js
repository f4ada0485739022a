/** Parts of the details dialog: the video, and texts with a copy button. */

import { copyText } from "../../lib/clipboard.js";
import { h } from "../../lib/dom.js";
import { truncate, videoTitle } from "../../lib/format.js";

/**
 * The video element, sized before it is loaded.
 *
 * @param {Video} video
 */
export function videoElement(video) {
  const { width, height } = video;
  const label = truncate(videoTitle(video));
  const playback = { controls: true, playsinline: true, loop: true, preload: "metadata" };
  const node = h("video", { ...playback, poster: video.thumbnail_url, src: video.video_url, "aria-label": label });
  node.style.aspectRatio = `${width} / ${height}`;
  node.style.width = `min(100%, calc(56dvh * ${width} / ${height}))`;
  return node;
}

/** A heading and a text, with a copy button if `copyLabel` is given. */
export function textBlock(heading, text, copyLabel = null, message = "Prompt copied") {
  const node = h("p", { class: "text", tabindex: "0", role: "group", "aria-label": heading }, text); // focusable, as it may scroll
  const onclick = () => copyText(text, { message, field: selectable(node) });
  const button = copyLabel && h("button", { type: "button", class: "chip plain", onclick }, copyLabel);
  return h("div", { class: "text-block" }, h("div", { class: "row" }, h("h3", {}, heading), button), node);
}

/** A text as a field for `copyText`, which selects it if the browser refuses to copy. */
export const selectable = (node) => ({ focus() {}, select: () => getSelection().selectAllChildren(node) });
