import type { Part } from "../conversation/types.ts";
import type { JsonObject } from "../json.ts";

/** A tool that Codex offers to its model in this request. */
export interface OfferedTool {
  readonly kind: "function" | "custom";
  readonly name: string;
  readonly namespace?: string;
  readonly description: string;
  /** JSON schema; an empty object for a custom tool. */
  readonly parameters: JsonObject;
}

/** A call that Codex executes. */
export type NativeCall =
  | { readonly kind: "function"; readonly name: string; readonly namespace?: string; readonly input: JsonObject }
  | { readonly kind: "custom"; readonly name: string; readonly namespace?: string; readonly input: string };

/** What Codex says came of it. */
export interface NativeOutput {
  /** All text of the output, parts joined by line ends. */
  readonly text: string;
  readonly parts: readonly Part[];
}

/**
 * What a tool does, as a generator: it yields calls for Codex, is given their outputs, and returns what the model is told.
 * It is run again from its beginning with every request, on the outputs that are already there, so it must depend on
 * nothing but its arguments and these outputs: no clock, no randomness, no files. Helpers are used with `yield*`.
 */
export type Program<Result> = Generator<NativeCall, Result, NativeOutput>;
