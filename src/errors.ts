import type { ErrorCode } from "./error-codes.ts";

/** Facts about a failure that are safe to show: no prompt text, no secrets. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface BridgeErrorOptions {
  /** What the reader can do about it, as one imperative sentence. */
  remedy?: string;
  facts?: ErrorFacts;
  cause?: unknown;
}

/**
 * The one error type of the bridge. `code` is stable and documented; `message` says what was expected and what was
 * found; `remedy` says what to do. Folders derive named subclasses where callers need to tell errors apart by type.
 */
export class BridgeError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, options: BridgeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.remedy = options.remedy;
    this.facts = options.facts ?? {};
  }

  toJSON(): { code: ErrorCode; message: string; remedy?: string } {
    return { code: this.code, message: this.message, ...(this.remedy === undefined ? {} : { remedy: this.remedy }) };
  }
}

/** Wraps anything thrown into a BridgeError; an error that already is one passes through unchanged. */
export function toBridgeError(thrown: unknown, code: ErrorCode = "internal"): BridgeError {
  if (thrown instanceof BridgeError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new BridgeError(code, message, { cause: thrown });
}
