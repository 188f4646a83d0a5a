/*
 * The type expressions of a digest: `string`, `TurnStatus`, `"completed"`, `[UserInput]`, `map<string>`, `{}` (an object
 * described in place by the lines below), and `|` between alternatives.
 */

export type TypeExpression =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "inline" }
  | { readonly kind: "array"; readonly of: TypeExpression }
  | { readonly kind: "map"; readonly of: TypeExpression }
  | { readonly kind: "union"; readonly of: readonly TypeExpression[] };

/** JSON's own types and `any`; every other name is a type of the digest. */
const builtIn = new Set(["string", "integer", "number", "boolean", "null", "any"]);

/** Whether a name stands for itself, not for a type of the digest. */
export function isBuiltIn(name: string): boolean {
  return builtIn.has(name);
}

/** Joins alternatives, each once, `null` last. */
export function unionOf(parts: readonly string[]): string {
  const flat = new Set(parts.flatMap((part) => alternativesIn(part)));
  const hasNull = flat.delete("null");
  return [...flat, ...(hasNull ? ["null"] : [])].join("|");
}

/** The alternatives of an expression as written: `"a"|[B|C]|null` has three. */
export function alternativesIn(expression: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let at = 0; at < expression.length; at++) {
    const char = expression[at];
    if (quoted) {
      if (char === "\\") at++;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "[" || char === "<") depth++;
    else if (char === "]" || char === ">") depth--;
    else if (char === "|" && depth === 0) {
      parts.push(expression.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, expression.slice(start)];
}

/**
 * Reads a type expression.
 * @throws SyntaxError when the text is none
 */
export function parseTypeExpression(text: string): TypeExpression {
  const alternatives = alternativesIn(text);
  if (alternatives.length > 1) return { kind: "union", of: alternatives.map(parseTypeExpression) };
  if (text === "{}") return { kind: "inline" };
  if (text.startsWith("[") && text.endsWith("]")) return { kind: "array", of: parseTypeExpression(text.slice(1, -1)) };
  if (text.startsWith("map<") && text.endsWith(">")) return { kind: "map", of: parseTypeExpression(text.slice(4, -1)) };
  if (/^[A-Za-z_]\w*$/.test(text)) return { kind: "name", name: text };
  try {
    return { kind: "literal", value: JSON.parse(text) as unknown };
  } catch {
    throw new SyntaxError(`Expected a type expression of a protocol digest, found ${JSON.stringify(text)}.`);
  }
}
