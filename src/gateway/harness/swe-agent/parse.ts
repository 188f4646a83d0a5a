/* Where the command stands in an answer of a model that has no tools. */

export interface Found {
  /** Empty: there is none. */
  readonly command: string;
  /** The answer without it. */
  readonly discussion: string;
}

const none = (text: string): Found => ({ command: "", discussion: text });

/** Forms with tags come first, in this order; a fence is what models are asked for. */
export function findCommand(text: string): Found {
  return invoked(text) ?? named(text) ?? executed(text) ?? fenced(text) ?? none(text);
}

function invoked(text: string): Found | undefined {
  for (const match of text.matchAll(/<tool_invoke>([\s\S]*?)<\/tool_invoke>/g)) {
    const inner = match[1] ?? "";
    if (/<name>\s*execute_bash\s*<\/name>/.test(inner)) return tagged(text, match, between(inner, "code"));
  }
  return undefined;
}

function named(text: string): Found | undefined {
  for (const match of text.matchAll(/<invoke name=(["'])(?:bash|execute_bash)\1>([\s\S]*?)<\/invoke>/g)) {
    const inner = match[2] ?? "";
    const parameter = /<parameter name=(["'])command\1>([\s\S]*)<\/parameter>/.exec(inner)?.[2];
    const command = parameter ?? between(inner, "command");
    return tagged(text, match, command === undefined ? undefined : (between(command, "parameter") ?? command));
  }
  return undefined;
}

function executed(text: string): Found | undefined {
  const match = /<execute_bash>([\s\S]*?)<\/execute_bash>/.exec(text);
  if (!match) return undefined;
  const inner = match[1] ?? "";
  return tagged(text, match, between(inner, "code") ?? inner);
}

function between(text: string, tag: string): string | undefined {
  return new RegExp(`<${tag}>([\\s\\S]*)</${tag}>`).exec(text)?.[1];
}

function tagged(text: string, match: RegExpExecArray, command: string | undefined): Found | undefined {
  if (command === undefined) return undefined;
  const rest = text.slice(0, match.index) + text.slice(match.index + match[0].length);
  return { command: decoded(command).trim(), discussion: rest.trim() };
}

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function decoded(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_all, name: string) => entities[name] ?? "");
}

interface Fence {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

const shellLabels = new Set(["", "bash", "sh", "shell"]);

/** The last fence; one that is labelled as something else than shell only where there is no other. */
function fenced(text: string): Found | undefined {
  const lines = text.split("\n");
  const fences = fencesOf(lines);
  const fence = fences.findLast(({ label }) => shellLabels.has(label)) ?? (fences.length === 1 ? fences[0] : undefined);
  if (!fence) return undefined;
  const [first, ...rest] = fence.lines;
  const inside = first !== undefined && fence.label === "" && /^(bash|sh|shell)$/.test(first) ? rest : fence.lines;
  const discussion = [...lines.slice(0, fence.from), ...lines.slice(fence.to + 1)].join("\n");
  return { command: inside.join("\n").trim(), discussion: discussion.trim() };
}

/** Fences that stand in no other: within one, a fence with a label opens an inner one. */
function fencesOf(lines: readonly string[]): Fence[] {
  const fences: Fence[] = [];
  const open: { label: string; from: number }[] = [];
  for (const [index, line] of lines.entries()) {
    const mark = /^\s*```\s*(.*?)\s*$/.exec(line);
    if (!mark) continue;
    const label = (mark[1] ?? "").toLowerCase();
    if (open.length === 0 || label !== "") {
      open.push({ label, from: index });
      continue;
    }
    const closed = open.pop();
    if (closed && open.length === 0) fences.push({ ...closed, to: index, lines: lines.slice(closed.from + 1, index) });
  }
  return fences;
}
