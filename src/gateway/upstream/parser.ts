import type { ModelEvent } from "./types.ts";

export interface ParserOptions {
  /** How the provider is called in errors. */
  readonly provider: string;
  /** Call ids the conversation already has. */
  readonly taken: ReadonlySet<string>;
}

/** Reads one answer, an SSE message's data at a time; an answer in one piece is one such message. */
export interface AnswerParser {
  /** @throws UpstreamError when the upstream says it failed, or what it says cannot be read */
  take(data: string): ModelEvent[];
  /** @throws UpstreamError `upstream_cut` when the answer was not complete */
  end(): ModelEvent[];
}
