/** Deleting with time to think: a video is hidden at once, and removed when it can no longer be undone. */

import { short } from "../lib/format.js";
import { toast } from "../lib/toast-stack.js";
import * as api from "./api.js";
import { session } from "./session.js";

const FAILURE_SHOWN_MS = 12_000;

/** Tells of `change` whenever a video is hidden or comes back, and of `removed` {video} when one is gone for good. */
class Deletions extends EventTarget {
  #hidden = new Set(); // ids; they stay when the video is gone, since an older answer may still have it
  #undoable = new Map(); // by id

  constructor() {
    super();
    addEventListener("pagehide", () => this.#finish());
    session.addEventListener("leaving", () => this.#finish());
  }

  hides(video) {
    return this.#hidden.has(video.id);
  }

  /** `onUndo` hears of it when the person has thought better of it. */
  begin(video, { title, onUndo }) {
    if (this.hides(video)) return;
    const dismiss = toast(`Deleted: ${short(title, 40)}`, {
      action: "Undo",
      onAction: () => {
        this.#show(video);
        onUndo();
      },
      onEnd: () => this.#remove(video),
    });
    this.#hidden.add(video.id);
    this.#undoable.set(video.id, { video, dismiss });
    this.dispatchEvent(new Event("change"));
  }

  /** The page is being left, or its person goes: there is nobody to undo any more. */
  #finish() {
    for (const { video, dismiss } of [...this.#undoable.values()]) {
      dismiss();
      this.#remove(video, { isLeaving: true });
    }
  }

  async #remove(video, options) {
    this.#undoable.delete(video.id);
    try {
      await api.remove(video, options);
    } catch (error) {
      if (error.status !== 404) return this.#fail(video, error);
    }
    return this.dispatchEvent(new CustomEvent("removed", { detail: { video } }));
  }

  #fail(video, error) {
    this.#show(video);
    toast(`It was not deleted. ${error.message}`, { milliseconds: FAILURE_SHOWN_MS });
  }

  #show(video) {
    this.#hidden.delete(video.id);
    this.#undoable.delete(video.id);
    this.dispatchEvent(new Event("change"));
  }
}

export const deletions = new Deletions();
