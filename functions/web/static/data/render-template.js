/** What a template's wording reads with somebody's variables, as the server builds it; for showing it beforehand. */

const NAMES = /\$(?:\$|([a-z_][a-z0-9_]*)|\{([a-z_][a-z0-9_]*)\})/gi;
const SECOND_STOP = /([.!?…؟।。！？]["'”’»」』]?)\.$/u; // after a value that ends its sentence by itself

/** One line; a sentence that names a variable without a value is left out. */
export function worded(template, variables, flow) {
  const values = new Map(variablesOf(template, flow).map((it) => [it.name, oneLine(variables[it.name]) || it.default]));
  const sentences = template.wording[flow].split("\n").filter(Boolean);
  return sentences
    .filter((it) => names(it).every((name) => values.get(name)))
    .map((it) => filled(it, values))
    .join(" ");
}

/** The variables that the wording for this flow has. */
export const variablesOf = (template, flow) => template.variables.filter((it) => it.flows.includes(flow));

const oneLine = (text = "") => text.split(/\s+/u).filter(Boolean).join(" ");
const names = (sentence) => [...sentence.matchAll(NAMES)].map((it) => it[1] ?? it[2]).filter(Boolean);
const filled = (sentence, values) =>
  sentence.replace(NAMES, (_, bare, braced) => values.get(bare ?? braced) ?? "$").replace(SECOND_STOP, "$1");
