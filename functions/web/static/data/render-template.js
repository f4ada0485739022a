/** Client-side preview of a prompt template, rendered as the server does. */

const VARIABLE = /\$(?:\$|([a-z_][a-z0-9_]*)|\{([a-z_][a-z0-9_]*)\})/gi;
const EXTRA_PERIOD = /([.!?…؟।。！？]["'”’»」』]?)\.$/u; // after a value that already ends with punctuation

/** Render a template on one line. A sentence with a variable that has no value is left out. */
export function renderTemplate(template, variables, flow) {
  const values = new Map(
    variablesFor(template, flow).map((it) => [it.name, oneLine(variables[it.name]) || it.default]),
  );
  const sentences = template.wording[flow].split("\n").filter(Boolean);
  return sentences
    .filter((it) => names(it).every((name) => values.get(name)))
    .map((it) => fill(it, values))
    .join(" ");
}

/** The variables used by the template's text for this flow. */
export const variablesFor = (template, flow) => template.variables.filter((it) => it.flows.includes(flow));

const oneLine = (text = "") => text.split(/\s+/u).filter(Boolean).join(" ");
const names = (sentence) => [...sentence.matchAll(VARIABLE)].map((it) => it[1] ?? it[2]).filter(Boolean);
const fill = (sentence, values) =>
  sentence.replace(VARIABLE, (_, bare, braced) => values.get(bare ?? braced) ?? "$").replace(EXTRA_PERIOD, "$1");
