import type { ErrorCode } from "./error-codes.ts";
import { nodeUtil } from "./node-util.ts";
import { redactSecrets, redactValue } from "./redact.ts";
import { plain, visible } from "./visible.ts";

/** Facts about a failure that are safe to show: no prompt text, no secrets. */
export type ErrorFacts = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Errors of another copy of these modules carry it, too: a host loads a plugin twice, and its copies share servers. */
const brand = Symbol.for("codex-bridge.error.v1");

export interface BridgeErrorOptions {
  /** What the reader can do about it, as one imperative sentence. */
  remedy?: string;
  facts?: ErrorFacts;
  cause?: unknown;
}

/**
 * The one error type of the bridge, and where credentials and hidden characters are taken out of errors: whatever a message,
 * a fact or a cause was made of, it can be shown. `code` is stable and documented; `message` says what was expected and what was
 * found; `remedy` says what to do. Folders derive named subclasses where callers need to tell errors apart by type.
 */
export class BridgeError extends Error {
  static readonly [brand] = true;
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, options: BridgeErrorOptions = {}) {
    super(showableText(message), options.cause === undefined ? undefined : { cause: showable(options.cause) });
    this.name = new.target.name;
    this.code = code;
    this.remedy = options.remedy === undefined ? undefined : showableText(options.remedy);
    this.facts = options.facts === undefined ? {} : (redactValue(options.facts) as ErrorFacts);
  }

  /** An error of the class of this name, in whichever copy of the modules it was made. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    let prototype: unknown = value !== null && typeof value === "object" ? Object.getPrototypeOf(value) : null;
    for (; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
      const made = (prototype as { constructor?: { readonly name?: unknown; readonly [brand]?: unknown } }).constructor;
      // biome-ignore lint/complexity/noThisInStatic: it is asked of subclasses, each for its own name
      if (made === this || (made?.[brand] === true && made.name === this.name)) return true;
    }
    return false;
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

/**
 * Foreign text as it may stand in an error: without credentials, and with hidden characters by their code. One in the middle
 * of a secret would keep it from being found: then all of them go.
 */
export function showableText(text: string): string {
  const bare = plain(text);
  const clean = redactSecrets(bare);
  return clean === bare ? visible(text) : clean;
}

/** A cause as it is, unless something of it must not be seen: printing an error prints its causes, too. */
function showable(cause: unknown, depth = 0): unknown {
  if (cause instanceof BridgeError) return cause;
  if (!(cause instanceof Error)) return redactValue(cause);
  const printed = nodeUtil().inspect(cause, { depth: 4 });
  if (redactSecrets(printed) === printed) return cause;
  const inner = cause.cause === undefined || depth > 4 ? undefined : { cause: showable(cause.cause, depth + 1) };
  const copy = new Error(redactSecrets(cause.message), inner);
  copy.name = cause.name;
  if (cause.stack !== undefined) copy.stack = redactSecrets(cause.stack);
  const { code } = cause as { code?: unknown };
  return typeof code === "string" ? Object.assign(copy, { code }) : copy;
}
