import assert from "node:assert/strict";
import { test } from "node:test";
import { renderTemplate, variablesFor } from "../../functions/web/static/data/render-template.js";

const template = {
  flows: ["text", "image"],
  variables: [
    { name: "place", flows: ["text"], default: null },
    { name: "mood", flows: ["text", "image"], default: "calm" },
  ],
  wording: {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the API
    text: "A street in $place at night.\nThe mood is ${mood}.\n",
    image: "The picture comes alive.\nThe mood is $mood for $$5.\n",
  },
};

test("variables are filled in on one line", () => {
  const text = renderTemplate(template, { place: " Old \n  Lisbon ", mood: "tense" }, "text");

  assert.equal(text, "A street in Old Lisbon at night. The mood is tense.");
});

test("a sentence with an empty variable is left out, and a default is used", () => {
  assert.equal(renderTemplate(template, { place: "  " }, "text"), "The mood is calm.");
});

test("each flow has its own text and variables, and $$ is a dollar sign", () => {
  assert.equal(renderTemplate(template, {}, "image"), "The picture comes alive. The mood is calm for $5.");
  assert.deepEqual(
    variablesFor(template, "image").map((it) => it.name),
    ["mood"],
  );
  assert.deepEqual(
    variablesFor(template, "text").map((it) => it.name),
    ["place", "mood"],
  );
});

for (const ending of ["Stop!", "Really?", "Wait…", 'He said "go."', "終わり。"])
  test(`a value that ends with punctuation gets no second period: ${ending}`, () => {
    const one = { ...template, wording: { text: "$place.\n" } };

    assert.equal(renderTemplate(one, { place: ending }, "text"), ending);
  });

test("a value is inserted as it is, whatever it contains", () => {
  const one = { ...template, wording: { text: "In $place now.\n" } };

  assert.equal(renderTemplate(one, { place: "$mood <b>$& $1</b>" }, "text"), "In $mood <b>$& $1</b> now.");
});
