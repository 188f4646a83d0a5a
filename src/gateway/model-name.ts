/*
 * Codex has facts of models by their names, and other tools for some of them. What it is told therefore begins with
 * something no model of its own begins with. The provider stands in it too: a thread that is loaded later, by another
 * process, says by itself where its model is asked. The rest is the name the provider has.
 */
const prefix = "bridged:";

export interface ModelName {
  /** Id of the provider; absent in a name Codex was not told by us. */
  readonly provider?: string;
  /** As the provider calls it. */
  readonly model: string;
}

export function codexModelName(provider: string, model: string): string {
  return `${prefix}${encodeURIComponent(provider)}:${model}`;
}

export function readModelName(name: string): ModelName {
  if (!name.startsWith(prefix)) return { model: name };
  const rest = name.slice(prefix.length);
  const end = rest.indexOf(":");
  if (end < 0) return { model: rest };
  return { provider: decoded(rest.slice(0, end)), model: rest.slice(end + 1) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
