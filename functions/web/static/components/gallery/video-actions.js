/** The actions of a gallery's video cards and details dialog. */

import * as api from "../../data/api.js";
import { pendingDeletions } from "../../data/pending-deletions.js";
import { replacementOf } from "../../data/replacement.js";
import { retryVideo, retryWithSuccessor } from "../../data/retry.js";
import { h } from "../../lib/dom.js";
import { usd } from "../../lib/format.js";
import { importOrNotify } from "../../lib/lazy-import.js";
import { toast } from "../../lib/toast-stack.js";

export class VideoActions {
  #gallery;
  #details = null;

  constructor(gallery) {
    this.#gallery = gallery;
  }

  /** Handle a `video-action` event. Errors are shown as a toast. */
  async handle(event) {
    event.stopPropagation();
    const { action, video } = event.detail;
    try {
      await this[action](video);
    } catch (error) {
      toast(error.message);
    }
  }

  /** Update the video in the details dialog. */
  update(videos) {
    this.#details?.update(videos);
  }

  open(video, options) {
    return this.#show(video, options);
  }
  play(video) {
    return this.#show(video, { isPlaying: true });
  }
  share(video) {
    return this.#show(video, { isSharing: true });
  }

  async download(video) {
    const href = await api.fileUrl(video);
    h("a", { href, download: true }).click();
  }

  remix(video) {
    this.#details?.close();
    this.#gallery.emit("video-remix", { video });
  }

  delete(video) {
    const { grid } = this.#gallery;
    this.#details?.close();
    const index = grid.indexOf(video.id);
    pendingDeletions.add(video, {
      title: this.#gallery.titleOf(video),
      onUndo: () => grid.focusAt(grid.indexOf(video.id)),
    });
    if (!grid.focusAt(index)) this.#gallery.focusHeading();
  }

  async cancel(video) {
    this.#gallery.add([await api.cancel(video)]);
  }

  /** If the model is not offered any more, the user confirms the one that replaces it, with its price. */
  async retry(video) {
    const replacement = await replacementOf(video);
    if (replacement) return this.#offer(video, replacement);
    try {
      return this.#addCreated(await retryVideo(video));
    } catch (error) {
      const found = error.code === "model_unavailable" ? await replacementOf(video) : null;
      if (!found) throw error;
      return this.#offer(video, found);
    }
  }

  #offer(video, replacement) {
    const { name, usd: price } = replacement;
    const text = `${video.model} is no longer available.`;
    const onAction = async () => {
      try {
        this.#addCreated(await retryWithSuccessor(video));
      } catch (error) {
        toast(error.message);
      }
    };
    toast(text, { action: `Use ${name} · ${usd(price)}`, onAction });
  }

  #addCreated(videos) {
    this.#gallery.add(videos);
    this.#gallery.emit("videos-created", { videos });
  }

  async #show(video, options) {
    this.#details ??= await this.#createDetails();
    this.#details?.open(video, { title: this.#gallery.titleOf(video), ...options });
  }

  /** The details module is imported when first needed. */
  async #createDetails() {
    if (!(await importOrNotify(() => import("../video/video-details.js")))) return null;
    const details = h("video-details", { "onvideo-action": (event) => this.handle(event) });
    details.addEventListener("videos-created", ({ detail }) => this.#gallery.add(detail.videos));
    details.addEventListener("video-changed", ({ detail }) => this.#gallery.add([detail.video]));
    this.#gallery.shadowRoot.append(details);
    return details;
  }
}
