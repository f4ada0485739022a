/** How a video was made: prompts, shots, images, facts, and its metadata as JSON. Emits `original-shown`. */

import * as api from "../../data/api.js";
import { videoFacts } from "../../data/video-facts.js";
import { copyText } from "../../lib/clipboard.js";
import { flatten, h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";
import { selectable, textBlock } from "./details-parts.js";

const style = sheet(`
:host { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
.prompts { display: contents; }
.text { max-height: 14rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.55; }
.url { display: block; margin-bottom: 0.3rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.text-block { display: grid; gap: 0.3rem; }
.text-block .row { justify-content: space-between; }
h3 { font-size: 0.875rem; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.4rem 1rem; margin: 0; font-size: 0.875rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
summary { width: fit-content; padding: 0.4rem 0; border-radius: 0.5rem; font-size: 0.875rem; font-weight: 600; cursor: pointer; }
.json .text { font: 0.8125rem/1.5 ui-monospace, monospace; padding: 0.75rem; border-radius: 0.625rem; background: var(--sunken); }
`);

class VideoAbout extends Element {
  static sheets = [style];
  /** @type {Video | null} */
  #video = null;
  /** @type {VideoDetails | null} what a list leaves out; loaded once the element shows the video */
  #details = null;
  #modelName = "";
  #rendered = "";
  #prompts = h("div", { class: "prompts" });
  #facts = h("dl");
  #metadata = h("details", { hidden: true });

  start() {
    this.shadowRoot.replaceChildren(this.#prompts, this.#facts, this.#metadata);
    if (this.#video) this.#load();
  }

  /** Set again on every update; only a changed status is rendered, so that a selection stays. */
  set video(video) {
    const rendered = [video.id, video.status].join();
    if (rendered === this.#rendered) return;
    if (video.id !== this.#video?.id) this.#details = null;
    this.#rendered = rendered;
    this.#video = video;
    this.#modelName = video.model;
    this.#render();
    this.#load();
  }

  async #load() {
    const { id, links, model } = this.#video;
    const isShown = () => this.#video.id === id && !this.signal.aborted;
    const details = api.video(links.self, { signal: this.signal }).then((it) => it.video);
    const name = api.models().then((models) => models.find((it) => it.id === model)?.name ?? model);
    const [loadedDetails, loadedName] = await Promise.allSettled([details, name]);
    if (!isShown()) return;
    if (loadedDetails.status === "fulfilled") this.#details = /** @type {VideoDetails} */ (loadedDetails.value);
    if (loadedName.status === "fulfilled") this.#modelName = loadedName.value;
    this.#renderFacts();
    this.#renderMetadata();
  }

  #render() {
    const { prompt, final_prompt: sent, negative_prompt: negative, enhanced_prompt: enhanced, shots } = this.#video;
    const [heading, copyLabel] =
      prompt === null ? ["Prompt", "Copy prompt"] : ["Prompt as sent", "Copy prompt as sent"];
    const blocks = [
      prompt !== null && textBlock("Prompt", prompt, "Copy prompt"),
      sent !== prompt && !shots && textBlock(heading, sent, copyLabel),
      shots && textBlock("Shots", shotsText(shots), "Copy shots", "Shots copied"),
      enhanced && textBlock("Enhanced prompt", enhanced, "Copy enhanced prompt"),
      negative && textBlock("Negative prompt", negative),
    ];
    this.#prompts.replaceChildren(...flatten(blocks));
    this.#metadata.hidden = true;
    this.#renderFacts();
  }

  #renderFacts() {
    const video = this.#video;
    const bill = this.#details?.generation_metadata?.bill ?? null;
    const facts = videoFacts(video, this.#modelName, { bill });
    const rows = facts.map(([term, value]) => [h("dt", {}, term), h("dd", {}, String(value))]);
    const references = video.reference_image_urls ?? [];
    const images = [
      imageRow("Image", video.source_image_url, this.#details?.source_image_link),
      imageRow("End frame", video.end_image_url),
      references.length > 0 && row("References", `${references.length} image${references.length === 1 ? "" : "s"}`),
    ];
    this.#facts.replaceChildren(...flatten([rows, images, this.#originRow(), this.#linkRow()]));
  }

  #renderMetadata() {
    const { generation_metadata: metadata } = this.#details ?? {};
    this.#metadata.hidden = !metadata;
    if (!metadata) return;
    const block = textBlock("Generation metadata", JSON.stringify(metadata, null, 2), "Copy JSON", "JSON copied");
    block.classList.add("json");
    this.#metadata.replaceChildren(h("summary", {}, "Metadata"), block);
  }

  #originRow() {
    const id = this.#video.remixed_from;
    if (!id) return null;
    const onclick = (event) => this.#showOrigin(id, event.currentTarget);
    return row("Remix of", h("button", { type: "button", class: "chip", onclick }, "Show original"));
  }

  async #showOrigin(id, button) {
    try {
      const path = this.#video.links.self.replace(/[^/]+$/, id);
      const { video } = await api.video(path, { signal: this.signal });
      this.emit("original-shown", { video });
    } catch (error) {
      if (!api.isAborted(error)) button.replaceWith(error.status === 404 ? "Deleted" : error.message);
    }
  }

  #linkRow() {
    const url = this.#video.video_url;
    if (!url) return null;
    const attributes = { class: "url", href: url, target: "_blank", rel: "noopener" };
    const link = h("a", attributes, url.replace(/^https?:\/\//, ""));
    const onclick = () => copyText(url, { message: "Link copied", field: selectable(link) });
    const button = h("button", { type: "button", class: "chip", onclick }, icon("link"), "Copy permanent link");
    return row("Permanent link", link, button);
  }
}

const row = (term, ...content) => [h("dt", {}, term), h("dd", {}, ...content)];

/** An image is linked, but never loaded: it may be on another host. `link` shows an uploaded one. */
function imageRow(term, source, link = null) {
  if (!source) return null;
  const isPublic = source.startsWith("https://");
  const href = isPublic ? source : link;
  const text = isPublic ? source : "Uploaded image";
  return row(term, href ? h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text) : text);
}

/** @param {Shot[]} shots */
const shotsText = (shots) =>
  shots.map(({ prompt, duration_seconds: seconds }, i) => `${i + 1}. ${prompt} (${seconds} s)`).join("\n");

customElements.define("video-about", VideoAbout);
