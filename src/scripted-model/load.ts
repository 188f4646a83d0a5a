import { readFile } from "node:fs/promises";
import { z } from "zod";
import { BridgeError } from "../errors.ts";
import type { DocumentPart, ScriptFile } from "./script.ts";

const optionalText = z.string().optional();
const count = z.number().int().nonnegative();

/** One strict object per kind of part, found by the field that names it: a union would report every kind's errors. */
const partSchemas = {
  say: z.strictObject({
    say: z.string(),
    phase: z.enum(["commentary", "final_answer"]).optional(),
    chunkChars: z.number().int().positive().optional(),
    delayMs: count.optional(),
  }),
  think: z.strictObject({ think: z.string(), raw: optionalText }),
  shell: z.strictObject({
    shell: z.string(),
    yieldMs: count.optional(),
    workdir: optionalText,
    escalate: optionalText,
  }),
  patch: z.strictObject({ patch: z.string() }),
  call: z.strictObject({ call: z.string(), args: z.unknown(), namespace: optionalText, id: optionalText }),
  custom: z.strictObject({ custom: z.string(), input: z.string(), id: optionalText }),
  plan: z.strictObject({
    plan: z.array(z.strictObject({ step: z.string(), status: z.enum(["pending", "in_progress", "completed"]) })),
    explanation: optionalText,
  }),
  waitMs: z.strictObject({ waitMs: count }),
  deltas: z.strictObject({ deltas: count, text: optionalText }),
  usage: z.strictObject({ usage: z.strictObject({ input: count, output: count, cached: count.optional() }) }),
  cut: z.strictObject({ cut: z.literal(true) }),
  stall: z.strictObject({ stall: z.literal(true) }),
  failed: z.strictObject({ failed: z.strictObject({ code: z.string(), message: z.string() }) }),
  incomplete: z.strictObject({ incomplete: z.string() }),
} satisfies Record<string, z.ZodType<DocumentPart>>;

const partNames = Object.keys(partSchemas);

const part = z.record(z.string(), z.unknown()).transform((value, context): DocumentPart => {
  const kind = partNames.find((name) => name in value) as keyof typeof partSchemas | undefined;
  if (kind === undefined) {
    const found = Object.keys(value).join(", ") || "none";
    context.addIssue({ code: "custom", message: `expected one of the fields ${partNames.join(", ")}; found ${found}` });
    return z.NEVER;
  }
  const parsed = partSchemas[kind].safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    context.addIssue({ code: "custom", message: issue.message, path: issue.path, input: value });
  }
  return z.NEVER;
});

const scriptFile = z.strictObject({
  turns: z
    .array(
      z.strictObject({
        when: z.string().refine(isPattern, "expected a regular expression").optional(),
        steps: z.array(z.array(part)),
      }),
    )
    .min(1),
});

/** A script that cannot be used: `script_not_found` or `script_invalid`. */
export class ScriptError extends BridgeError {}

/** Reads a script document (JSON). Throws ScriptError that names the place in the document, what is wrong and what to do. */
export async function loadScriptFile(path: string): Promise<ScriptFile> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new ScriptError(
      "script_not_found",
      `expected a readable script at ${path}; found ${cause.code ?? cause.message}`,
      {
        remedy: "Pass the path of a JSON file with scripted turns.",
        facts: { path },
        cause,
      },
    );
  });
  return parseScript(text, path);
}

/** Validates the text of a script document; `path` only names it in errors. */
export function parseScript(text: string, path: string): ScriptFile {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw invalid(path, "$", `expected JSON; found: ${found}`, cause);
  }
  const parsed = scriptFile.safeParse(document);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw invalid(
    path,
    placeName(issue?.path ?? []),
    `${issue?.message ?? "unknown problem"}; ${found(document, issue?.path ?? [])}`,
    parsed.error,
  );
}

function invalid(path: string, place: string, problem: string, cause: unknown): ScriptError {
  return new ScriptError("script_invalid", `${path} at ${place}: ${problem}`, {
    remedy: `Correct ${place} in the script.`,
    facts: { path, place },
    cause,
  });
}

function placeName(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (name, key) => (typeof key === "number" ? `${name}[${key}]` : `${name}.${String(key)}`),
    "$",
  );
}

function found(document: unknown, path: readonly PropertyKey[]): string {
  let value = document;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[key];
  const text = JSON.stringify(value) ?? "nothing";
  return `found ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, "i");
    return true;
  } catch {
    return false;
  }
}
