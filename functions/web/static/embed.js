/**
 * Entry point for embedding pages: Keepreel's elements from one script tag.
 *
 *     <script type="module" src="https://keepreel.example/static/embed.js"></script>
 *     <bot-video-gallery community-id="sophia"></bot-video-gallery>
 *
 * Users sign in to Keepreel inside the elements. A page with its own sign-in passes its tokens instead:
 *
 *     import { configure } from "https://keepreel.example/static/embed.js";
 *     configure({ token: () => myAccessToken() });
 */

import * as api from "./data/api.js";
import { session } from "./data/session.js";
import "./components/gallery/bot-video-gallery.js";
import "./components/create/video-creation-dialog.js";

export { GenerationFailed, Problem, useGenerateVideo } from "./data/generate-video.js";

/**
 * `token` returns (a promise of) a bearer token of Keepreel's user pool. `origin` is the API's origin, if it differs from this
 * script's.
 *
 * @param {{ origin?: string, token?: () => Promise<string> }} [options]
 */
export function configure({ origin, token } = {}) {
  api.configure({ origin });
  if (token) session.useToken(token);
}
