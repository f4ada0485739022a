/** Read the content credentials of MP4 files with an independent implementation of C2PA: `node read-credentials.js a.mp4 …`. */

import { readFile } from "node:fs/promises";
import { BMFF } from "@trustnxt/c2pa-ts/asset";
import { SuperBox } from "@trustnxt/c2pa-ts/jumbf";
import { ManifestStore } from "@trustnxt/c2pa-ts/manifest";

// The package lists the brands of image formats alone, although it reads videos as well.
for (const brand of ["isom", "iso5", "mp42", "avc1"]) /** @type {any} */ (BMFF).canReadBrands.add(brand);

const states = {};
for (const path of process.argv.slice(2)) states[path] = await state(await readFile(path));
process.stdout.write(JSON.stringify(states));

/** Return "valid", "absent", or the codes of what is wrong. It does not check who has signed. */
async function state(content) {
  const asset = new BMFF(content);
  const credential = asset.getManifestJUMBF();
  if (!credential) return "absent";
  const result = await ManifestStore.read(SuperBox.fromBuffer(credential)).validate(asset);
  if (result.isValid) return "valid";
  return result.statusEntries.filter((it) => !it.success).map((it) => it.code);
}
