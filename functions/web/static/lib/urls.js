/** Addresses on Keepreel's own page, also from a page of somebody else that our elements are embedded in. */

import { address } from "./router.js";

export const settingsUrl = ({ id }) => new URL(`/${address("communities", id, "settings")}`, import.meta.url).href;
export const newCommunityUrl = () => new URL(`/${address("communities", "new")}`, import.meta.url).href;
