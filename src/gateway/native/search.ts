import { type ExecResult, exec, takesLogin } from "./exec.ts";
import type { At } from "./offered.ts";
import type { Program } from "./types.ts";

export interface SearchCommands {
  /** Absolute folder they run in. */
  readonly workdir: string;
  readonly ripgrep: string;
  /** What does the same where there is no ripgrep; undefined when nothing does. */
  readonly without?: string;
}

export interface SearchFailed {
  readonly kind: "failed";
  readonly text: string;
}

export type Searched =
  /** `output` is empty when nothing fits, whatever else was printed. */
  { readonly kind: "searched"; readonly output: string; readonly cut: boolean } | SearchFailed;

/** How much of what was found comes back. */
export const foundTokens = 40_000;
const notFound = 127;
const nothingFits = 1;

/** Searches with ripgrep, which Codex shows as what it is, and with something else where there is none. */
export function* search(at: At, { workdir, ripgrep, without }: SearchCommands): Program<Searched> {
  const run = (cmd: string, plain: boolean) => exec(at, { cmd, workdir, maxOutputTokens: foundTokens, plain });
  let told = yield* run(ripgrep, true);
  // The user's profile may know where it is.
  if (isNotFound(told) && takesLogin(at)) told = yield* run(ripgrep, false);
  if (isNotFound(told)) {
    if (without === undefined) return { kind: "failed", text: "this search needs ripgrep (rg)" };
    told = yield* run(without, true);
  }
  if (told.kind === "refused") return { kind: "failed", text: told.text };
  if (told.kind !== "exited") return { kind: "failed", text: "the search took too long" };
  if (told.code > nothingFits) return { kind: "failed", text: told.output.trim() };
  return { kind: "searched", output: told.code === nothingFits ? "" : told.output, cut: told.truncated };
}

const isNotFound = (told: ExecResult): boolean => told.kind === "exited" && told.code === notFound;
