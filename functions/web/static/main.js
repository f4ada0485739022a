/** The page: signed in or not, and which view the address names. */

import "./elements/keepreel-app.js";
import "./elements/toast-stack.js";
import { look } from "./look.js";

document.adoptedStyleSheets = [look];
document.body.append(document.createElement("toast-stack"));
