/** URLs of views on Keepreel's own site, which also work from a page that embeds our elements. */

import { viewHash } from "./router.js";

export const settingsUrl = ({ id }) => new URL(`/${viewHash("communities", id, "settings")}`, import.meta.url).href;
export const newCommunityUrl = () => new URL(`/${viewHash("communities", "new")}`, import.meta.url).href;
