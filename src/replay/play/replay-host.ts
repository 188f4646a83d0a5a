import type { ErrorCode } from "../../error-codes.ts";
import { BridgeError } from "../../errors.ts";
import type { HostEvent, RecordedLine } from "../format/format.ts";

type Result = Extract<HostEvent, { event: "result" }>;

/** What the host lines of a recording say about its turns: whose they were, and how their host saw them end. */
export class RecordedHost {
  readonly #results: readonly Result[];
  readonly #sessions = new Map<string, string>();

  constructor(lines: readonly RecordedLine[]) {
    const events = lines.filter(({ dir }) => dir === "host").map(({ message }) => message as HostEvent);
    this.#results = events.filter((event): event is Result => event.event === "result");
    for (const { threadId, session } of this.#results) this.#sessions.set(threadId, session);
  }

  sessionOf(threadId: string): string | undefined {
    return this.#sessions.get(threadId);
  }

  resultOf(turnId: string | undefined): Result | undefined {
    return turnId === undefined ? undefined : this.#results.find((result) => result.turnId === turnId);
  }

  /** A turn of a session whose host never got it as a result: it was begun again. */
  isAbandoned(threadId: string, turnId: string | undefined): boolean {
    return this.#sessions.has(threadId) && this.resultOf(turnId) === undefined;
  }

  /** The error the host was told, or another where it was told none. */
  errorOf(turnId: string | undefined, otherwise: BridgeError): BridgeError {
    const { outcome } = this.resultOf(turnId) ?? {};
    const { error } = (outcome ?? {}) as { error?: { code?: unknown; message?: unknown } };
    if (typeof error?.code !== "string" || typeof error.message !== "string") return otherwise;
    // The version that recorded it may have had codes that this one has not.
    return new BridgeError(error.code as ErrorCode, error.message);
  }
}
