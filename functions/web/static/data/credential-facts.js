/** A content credential in words: what its state means, and what the C2PA reader reported. */

import { formatDateTime, truncate } from "../lib/format.js";

/**
 * For each state of a video's `content_credentials`: the badge's text and kind, and a sentence that explains it.
 *
 * @type {Record<string, { label: string, badge: string, meaning: string }>}
 */
const STATES = {
  valid: {
    label: "Credential valid",
    badge: "good",
    meaning: "The file has a signed record of how it was made. It was not changed after it was signed.",
  },
  untrusted: {
    label: "Unknown issuer",
    badge: "warm",
    meaning: "The file has a signed record of how it was made, but this Keepreel does not know who issued it.",
  },
  tampered: {
    label: "Changed after signing",
    badge: "bad",
    meaning: "The file or its credential was changed after it was signed, so the record cannot be trusted.",
  },
  expired: {
    label: "Credential expired",
    badge: "warm",
    meaning: "The certificate that signed the file has expired, and the credential has no timestamp from before.",
  },
  remote: {
    label: "Credential elsewhere",
    badge: "warm",
    meaning: "The file only links to a credential on another server. Keepreel does not load it.",
  },
  absent: {
    label: "No credential",
    badge: "",
    meaning: "The file has no signed record of how it was made.",
  },
};

const NOT_CHECKED = {
  label: "Credential not checked",
  badge: "",
  meaning: "Keepreel did not look for a content credential when it stored this video.",
};

const isKnown = (state) => Object.hasOwn(STATES, state);

/** @param {string | null} state */
export const credentialState = (state) => (isKnown(state) ? STATES[state] : NOT_CHECKED);

/** States whose report the API has. */
export const hasReport = (state) => isKnown(state) && state !== "absent";

const SOURCES = {
  trainedAlgorithmicMedia: "Created by an AI model",
  compositeWithTrainedAlgorithmicMedia: "Edited or composed with an AI model",
  algorithmicMedia: "Created by software without AI training",
  digitalCapture: "Recorded with a camera",
};

/**
 * The reader's report as pairs of a label and a value. Another issuer's report may have anything in any field.
 *
 * @param {any} report
 * @returns {[string, string][]}
 */
export function credentialFacts(report) {
  const manifest = report?.manifests?.[report.active_manifest];
  if (!manifest) return [];
  const action = createdAction(manifest) ?? {};
  const generation = dataOf(manifest, "com.keepreel.generation") ?? {};
  const agent = action.softwareAgent ?? {};
  const [generator = {}] = manifest.claim_generator_info ?? [];
  const { issuer, common_name: name, time } = manifest.signature_info ?? {};
  const facts = [
    ["Signed by", joined([issuer, name], ", ")],
    ["Signature timestamp", dateTime(time) ?? "None"],
    ["Created", dateTime(action.when)],
    ["Source", sourceName(action.digitalSourceType)],
    ["Provider", generation.provider ?? agent.name ?? (typeof agent === "string" ? agent : null)],
    ["Model", generation.model ?? agent.version],
    ["Software", joined([generator.name, generator.version], " ")],
  ];
  return /** @type {any} */ (
    facts.filter(([, value]) => typeof value === "string" && value).map(([term, it]) => [term, truncate(it, 200)])
  );
}

const dataOf = (manifest, label) => list(manifest.assertions).find((it) => it?.label === label)?.data;

function createdAction(manifest) {
  const actions = list(manifest.assertions)
    .filter((it) => /^c2pa\.actions(\.v\d+)?$/.test(it?.label))
    .flatMap((it) => list(it.data?.actions));
  return actions.find((it) => it?.action === "c2pa.created") ?? actions[0];
}

const list = (value) => (Array.isArray(value) ? value : []);

const joined = (parts, separator) => parts.filter((it) => typeof it === "string" && it).join(separator) || null;

const dateTime = (text) => (Number.isNaN(Date.parse(text)) ? null : formatDateTime(text));

/** IPTC's name of a digital source type, which is the last part of its URL. */
function sourceName(url) {
  const name = typeof url === "string" && url.split("/").at(-1);
  return name ? (Object.hasOwn(SOURCES, name) ? SOURCES[name] : name) : null;
}
