import assert from "node:assert/strict";
import { test } from "node:test";
import "./browser.js";
import { credentialFacts, credentialState, hasReport } from "../../functions/web/static/data/credential-facts.js";

const created = {
  action: "c2pa.created",
  when: "2026-11-28T09:00:00+00:00",
  softwareAgent: { name: "Kling", version: "kling-2.6" },
  digitalSourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
};

const report = ({ actions = [created], label = "c2pa.actions.v2", ...manifest } = {}) => ({
  active_manifest: "urn:c2pa:1",
  manifests: {
    "urn:c2pa:1": {
      claim_generator_info: [{ name: "Keepreel", version: "0.1.0" }],
      assertions: [{ label, data: { actions } }],
      signature_info: { issuer: "Example Ltd", common_name: "Signer", time: "2026-11-28T09:00:01+00:00" },
      ...manifest,
    },
  },
});

const facts = (given) => Object.fromEntries(credentialFacts(given));

test("a report is shown in words", () => {
  const shown = facts(report());

  assert.equal(shown["Signed by"], "Example Ltd, Signer");
  assert.match(shown["Signature timestamp"], /2026/);
  assert.match(shown.Created, /2026/);
  assert.equal(shown.Source, "Created by an AI model");
  assert.deepEqual([shown.Provider, shown.Model, shown.Software], ["Kling", "kling-2.6", "Keepreel 0.1.0"]);
});

test("a credential without a timestamp says so", () => {
  assert.equal(facts(report({ signature_info: { issuer: "Example Ltd" } }))["Signature timestamp"], "None");
});

test("an unknown source type is shown by its name", () => {
  const action = { ...created, digitalSourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/constructor" };

  assert.equal(facts(report({ actions: [action] })).Source, "constructor");
});

test("a report of another issuer may have anything in any field", () => {
  const odd = {
    signature_info: 1,
    claim_generator_info: "x",
    assertions: [null, 1, { label: "c2pa.actions", data: 2 }],
  };

  assert.deepEqual(facts(report(odd)), { "Signature timestamp": "None" });
  for (const nothing of [null, undefined, {}, { active_manifest: "a" }, { active_manifest: "a", manifests: {} }])
    assert.deepEqual(credentialFacts(nothing), []);
});

test("every state has a label and a sentence, and an unknown one is not checked", () => {
  const states = ["valid", "untrusted", "tampered", "expired", "remote", "absent", null, "constructor"];

  for (const state of states) assert.match(credentialState(state).meaning, /\.$/);
  assert.equal(new Set(states.map((it) => credentialState(it).label)).size, 7);
  assert.deepEqual(states.filter(hasReport), ["valid", "untrusted", "tampered", "expired", "remote"]);
});
