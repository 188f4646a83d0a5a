/* What the fault proxy (proxy.mjs) does to a conversation, and where in it. */

/** A place in the conversation: the message at which something happens. */
export interface Place {
  readonly from: "server" | "client";
  /** Of the message; of the request it answers, for an answer; `*`: any message. */
  readonly method: string;
  readonly is?: "request" | "answer" | "notification";
  /** Only for an item of this type. */
  readonly item?: string;
  /** From which of the matching messages on; default 1. */
  readonly nth?: number;
}

/** What happens there. What becomes of the message itself is one of `drop`, `twice`, `cut`, `crlf`, `pad`, `hold`, `refuse`. */
export interface Does {
  /** Before or after the message went on; default before. */
  readonly at?: "before" | "after";
  /** A signal for Codex; kill -9 before the message means that nobody sees the message any more. */
  readonly kill?: { readonly signal?: NodeJS.Signals; readonly afterMs?: number };
  /** SIGSTOP, and SIGCONT after a while. */
  readonly freeze?: { readonly contMs?: number };
  /** Nothing more from the server, for good or for so many milliseconds. */
  readonly stall?: true | number;
  readonly slow?: { readonly bytes: number; readonly ms: number };
  readonly stderr?: number;
  /** A line of that many bytes: a notification of this method, or `noise`. */
  readonly bigLine?: { readonly bytes: number; readonly as: string };
  /** Bytes that the server never said, one character each. */
  readonly say?: readonly string[];
  readonly closeStdout?: true;
  readonly closeStdin?: true;
  /** The server does not read any more, for good or for so many milliseconds. */
  readonly stopReading?: true | number;
  readonly drop?: true;
  readonly twice?: true;
  readonly cut?: "half" | "newline";
  readonly crlf?: true;
  /** The message with that many bytes more in it. */
  readonly pad?: number;
  /** The message comes late: after the next one of another method, or after a while. */
  readonly hold?: { readonly until: string } | { readonly ms: number };
  /** Instead of the server: this error (client requests only). */
  readonly refuse?: { readonly code: number; readonly message: string };
}

export interface Rule {
  readonly id: string;
  readonly on: Place;
  readonly does: Does;
  /** Default 1. */
  readonly times?: number;
}

export const always = 1_000_000;

const place =
  (from: Place["from"], is: NonNullable<Place["is"]>) =>
  (method: string, more: Partial<Place> = {}): Place => ({ from, is, method, ...more });

/** The bridge asks. */
export const asks = place("client", "request");
/** The server answers what the bridge asked. */
export const answers = place("server", "answer");
/** The server tells. */
export const tells = place("server", "notification");
/** The server asks the bridge, and the bridge answers that. */
export const wants = place("server", "request");
export const gets = place("client", "answer");

export const delta = "item/agentMessage/delta";
export const started = (item: string): Place => tells("item/started", { item });
export const completed = (item: string): Place => tells("item/completed", { item });

let count = 0;

/** One thing that happens at one place. */
export function rule(on: Place, does: Does, times = 1): Rule {
  count += 1;
  return { id: `r${count}`, on, does, times };
}
