/**
 * Keepreel's elements for any page, by one script tag:
 *
 *     <script type="module" src="https://keepreel.example/static/embed.js"></script>
 *     <bot-video-gallery community-id="sophia"></bot-video-gallery>
 *
 * People sign in to Keepreel where the elements are. A page that signs them in itself brings its tokens:
 *
 *     import { configure } from "https://keepreel.example/static/embed.js";
 *     configure({ token: () => myAccessToken() });
 */

import * as api from "./data/api.js";
import { session } from "./data/session.js";
import "./components/gallery/bot-video-gallery.js";
import "./components/create/video-creation-dialog.js";

export { GenerationFailed, Problem, useGenerateVideo } from "./data/generate-video.js";

/** `token` gives (a promise of) a bearer token of Keepreel's user pool; `origin` is where the API is, if not where this came from. */
export function configure({ origin, token } = {}) {
  api.configure({ origin });
  if (token) session.lend(token);
}
