/** The marks of a completed video: "AI-generated", the state of its content credential, and on demand what it says. */

import * as api from "../../data/api.js";
import { credentialFacts, credentialState, hasReport } from "../../data/credential-facts.js";
import { flatten, h, icon, sheet } from "../../lib/dom.js";
import { Element } from "../../lib/element.js";

const style = sheet(`
:host { display: grid; gap: 0.35rem; grid-template-columns: minmax(0, 1fr); }
.row { gap: 0.4rem; }
.badge .icon { width: 1em; height: 1em; }
summary { width: fit-content; padding: 0.4rem 0; border-radius: 0.5rem; font-size: 0.875rem; font-weight: 600; cursor: pointer; }
dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.4rem 1rem; margin: 0.25rem 0 0; font-size: 0.875rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
`);

class ContentCredentials extends Element {
  static sheets = [style];
  /** @type {Video | null} */
  #video = null;
  #rendered = "";

  start() {
    if (this.#video) this.#render();
  }

  /** Set again on every update; only a changed status or state is rendered, so that an open disclosure stays. */
  set video(video) {
    const rendered = [video.id, video.status, video.content_credentials].join();
    this.#video = video;
    if (rendered !== this.#rendered && this.isConnected) this.#render();
    this.#rendered = rendered;
  }

  #render() {
    const { status, content_credentials: state } = this.#video;
    this.hidden = status !== "completed";
    const { label, badge, meaning } = credentialState(state);
    const badges = h(
      "div",
      { class: "row" },
      h("span", { class: "badge" }, icon("sparkle"), "AI-generated"),
      h("span", { class: `badge ${badge}`, title: meaning }, label),
    );
    this.shadowRoot.replaceChildren(
      ...flatten([badges, h("p", { class: "hint" }, meaning), hasReport(state) && this.#disclosure()]),
    );
  }

  /** Load the report when it is opened; after an error, opening it again tries again. */
  #disclosure() {
    const content = h("div", { "aria-live": "polite" });
    let isLoaded = false;
    const onToggle = async () => {
      if (!node.open || isLoaded) return;
      isLoaded = true;
      content.replaceChildren(h("p", { class: "hint" }, "Loading…"));
      isLoaded = await this.#load(content);
    };
    const node = h("details", { ontoggle: onToggle }, h("summary", {}, "Content credential"), content);
    return node;
  }

  /** Show the report, or the error; return whether it could be loaded. */
  async #load(content) {
    try {
      const { report } = await api.credentials(this.#video, this.signal);
      const rows = credentialFacts(report).map(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]);
      const unreadable = h("p", { class: "hint" }, "The credential has no content that can be read.");
      content.replaceChildren(rows.length ? h("dl", {}, rows) : unreadable);
      return true;
    } catch (error) {
      content.replaceChildren(h("p", { class: "error" }, api.isAborted(error) ? "" : error.message));
      return false;
    }
  }
}

customElements.define("content-credentials", ContentCredentials);
