/** Starts the page. */

import { loaded } from "./loading.js";

await loaded("page", () => import("./page.js"));
