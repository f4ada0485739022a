/** The page: its frame, its messages, its look. */

import "./elements/keepreel-app.js";
import "./elements/toast-stack.js";
import { look } from "./look.js";

document.adoptedStyleSheets = [look];
document.body.append(document.createElement("toast-stack"));
