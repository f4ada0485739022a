/** Entry point: load the app and the shared style sheet, and start the page. */

import { importOrReload } from "./lib/lazy-import.js";

const [, , { themeSheet }] = await importOrReload("page", () =>
  Promise.all([import("./components/app/keepreel-app.js"), import("./lib/toast-stack.js"), import("./lib/theme.js")]),
);
document.adoptedStyleSheets = [themeSheet];
document.body.append(document.createElement("toast-stack"));
