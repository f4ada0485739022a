/** Starts the page. */

import { loaded } from "./loading.js";

await loaded(() => import("./page.js"));
