import type { HarnessContext } from "../types.ts";

/*
 * What Claude models take, as far as their names tell. What the operator states of a model (`models.<name>` of its
 * provider) always counts more.
 */

interface Claude {
  readonly family: string;
  readonly version: number;
}

/** A Claude model by its name, in any of the spellings resellers have; undefined for others. */
export function claudeOf(model: string): Claude | undefined {
  const slug = model.slice(model.lastIndexOf("/") + 1).split(":")[0] ?? "";
  const found = /claude-([a-z]+)(?:-(\d{1,2})(?!\d))?(?:[-.](\d{1,2})(?!\d))?/i.exec(slug);
  if (!found) return undefined;
  const [, family = "", major = "0", minor = "0"] = found;
  return { family: family.toLowerCase(), version: Number(major) + Number(minor) / 100 };
}

const atLeast = (claude: Claude | undefined, family: string, version: number): boolean =>
  claude?.family === family && claude.version >= version;

/** The limit of output tokens that is asked for. */
export function maxTokensOf({ model, modelFacts }: HarnessContext): number {
  return modelFacts.maxOutputTokens ?? (atLeast(claudeOf(model), "opus", 4.06) ? 64_000 : 32_000);
}

export type ThinkingField =
  | { readonly type: "adaptive" }
  | { readonly type: "enabled"; readonly budget_tokens: number };

/** How the model is told to think; undefined: not at all. */
export function thinkingOf(context: HarnessContext): ThinkingField | undefined {
  const { child, effort, model, modelFacts } = context;
  if (child || effort === "none") return undefined;
  const kind = modelFacts.thinking ?? (adapts(claudeOf(model)) ? "adaptive" : "enabled");
  if (kind === "none") return undefined;
  return kind === "adaptive" ? { type: "adaptive" } : { type: "enabled", budget_tokens: maxTokensOf(context) - 1 };
}

/** Newer models find out by themselves how much to think, and refuse a budget. */
function adapts(claude: Claude | undefined): boolean {
  if (claude === undefined) return false;
  return claude.family === "mythos" || claude.version >= (claude.family === "haiku" ? 5 : 4.06);
}

const nearest: Readonly<Record<string, readonly string[]>> = {
  minimal: ["minimal", "low"],
  xhigh: ["xhigh", "high"],
  max: ["max", "xhigh", "high"],
  ultra: ["ultra", "max", "xhigh", "high"],
};

/** The effort that is asked for, or the nearest the model lists; undefined: none it lists. */
export function effortOf({ effort: wanted = "high", model, modelFacts }: HarnessContext): string | undefined {
  if (wanted === "none") return undefined;
  const listed = modelFacts.efforts ?? effortsOf(claudeOf(model));
  return (nearest[wanted] ?? [wanted]).find((name) => listed.includes(name));
}

function effortsOf(claude: Claude | undefined): readonly string[] {
  const usual = ["low", "medium", "high"];
  if (atLeast(claude, "opus", 4.07)) return [...usual, "xhigh"];
  return atLeast(claude, "opus", 4.05) || atLeast(claude, "sonnet", 4.06) ? usual : [];
}
