/** Check that the page's modules import only from their own folder or from a lower one. Part of `npm run check`. */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** From the lowest to the highest. The last one is for entry points beside the folders, such as page.js. */
export const LAYERS = [
  "lib",
  "data",
  "components/common",
  "components/account",
  "components/video",
  "components/create/options",
  "components/create",
  "components/gallery",
  "components/community",
  "components/app",
  ".",
];
const IMPORT = /\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']/g; // static, dynamic and in JSDoc types

/**
 * Return a message for each import that goes upward.
 *
 * @param {Record<string, string>} files source text by path
 */
export function upwardImports(files) {
  return Object.entries(files).flatMap(([path, text]) =>
    [...text.matchAll(IMPORT)]
      .map(([, specifier]) => normalize(join(dirname(path), specifier)).replaceAll(sep, "/"))
      .filter((target) => rank(target) > rank(path))
      .map((target) => `${path} imports ${target}, which is in a higher folder`),
  );
}

function rank(path) {
  const folder = dirname(path);
  const found = LAYERS.indexOf(folder);
  if (found < 0) throw new Error(`${path}: add the folder ${folder} to LAYERS`);
  return found;
}

function readFiles(root) {
  const names = /** @type {string[]} */ (readdirSync(root, { recursive: true }));
  const paths = names.map((it) => it.replaceAll(sep, "/")).filter((it) => it.endsWith(".js"));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = fileURLToPath(new URL("../../functions/web/static/", import.meta.url));
  const messages = upwardImports(readFiles(root));
  for (const message of messages) console.error(message);
  if (messages.length > 0) process.exitCode = 1;
}
