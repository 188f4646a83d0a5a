import { z } from "zod";
import { BridgeError } from "../errors.ts";
import { type MethodName, methods, type ResultOf } from "./methods.ts";

/**
 * Checks the answer to a request against what the bridge reads of it.
 * @throws BridgeError `protocol_shape`; names method and path, never payload text
 */
export function decodeResult<M extends MethodName>(method: M, result: unknown): ResultOf<M> {
  const parsed = methods[method].result.safeParse(result);
  if (parsed.success) return parsed.data as ResultOf<M>;
  throw shapeError(method, parsed.error);
}

/** What was wrong with a message, without the value that was wrong: it may be prompt text. */
export function shapeError(method: string, thrown: unknown): BridgeError {
  const issue = thrown instanceof z.ZodError ? thrown.issues[0] : undefined;
  const path = issue?.path.map(String).join(".") || "(root)";
  // Both are names of types: of ours, and of what was found.
  const [, expected, found] = /expected ([^,]+), received (\w+)$/.exec(issue?.message ?? "") ?? [];
  const how = expected && found ? `expected ${expected}, found ${found}` : (issue?.code ?? "unreadable");
  return new BridgeError("protocol_shape", `${method}: field ${path} is not as expected (${how}).`, {
    remedy: "Report this with the Codex version; the rest of the session goes on.",
    facts: { method, path, ...(found ? { found } : {}) },
  });
}
