import type { PartialText } from "./types.ts";

/** The word by which hosts tell a model to say nothing. */
export const defaultSilentToken = "NO_REPLY";

const edges = /^[\s\p{P}]+|[\s\p{P}]+$/gu;

/** True for a reply that is the token and nothing else, also repeated, in quotes or with a full stop. */
export function isSilentReply(text: string, token: string): boolean {
  const words = text
    .split(/\s+/)
    .map((word) => word.replace(edges, ""))
    .filter((word) => word !== "");
  return words.length > 0 && words.every((word) => word.toUpperCase() === token.toUpperCase());
}

/** True as long as a text that is still growing can become a silent reply. */
function mayBecomeSilent(text: string, token: string): boolean {
  const begun = text.replace(/^[\s\p{P}]+/u, "").toUpperCase();
  const whole = token.toUpperCase();
  return whole.startsWith(begun) || (begun.startsWith(whole) && mayBecomeSilent(begun.slice(whole.length), token));
}

/**
 * Holds back what could become a silent reply until it is clear that it does not. Nobody sees "NO_RE" flash up.
 */
export class SilentGate {
  readonly #token: string;
  readonly #show: (piece: PartialText) => void | Promise<void>;
  #open: string | undefined;
  #held: PartialText | undefined;

  constructor(token: string, show: (piece: PartialText) => void | Promise<void>) {
    this.#token = token;
    this.#show = show;
  }

  piece(piece: PartialText): void | Promise<void> {
    if (this.#open === piece.itemId) return this.#show(piece);
    if (mayBecomeSilent(piece.text, this.#token)) {
      this.#held = piece;
      return undefined;
    }
    this.#open = piece.itemId;
    this.#held = undefined;
    return this.#show({ ...piece, delta: piece.text });
  }

  /** The message is complete: what is still held is shown, unless it is a silent reply after all. */
  finish(itemId: string): void | Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held?.itemId !== itemId || isSilentReply(held.text, this.#token)) return undefined;
    return this.#show({ ...held, delta: held.text });
  }
}
