/*
 * Codex has facts of models by their names, and other tools for some of them. What it is told therefore begins with
 * something no model of its own begins with; the rest is the name the provider has.
 */
const prefix = "bridged:";

export function codexModelName(model: string): string {
  return `${prefix}${model}`;
}

export function upstreamModelName(name: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}
