import type { HostEvent, NoiseLine, ProcessEvent } from "../format/format.ts";
import { mayHoldPayload, takeOut } from "../format/payloads.ts";
import { Placeholders } from "../redact/placeholders.ts";
import { blankingRules, Redactor } from "../redact/redact.ts";
import { keepingRules } from "../redact/scrub.ts";
import { DeltaLines } from "./delta-lines.ts";
import { LateAnswers } from "./late-answers.ts";
import type { TapeEvent } from "./tape.ts";

/** `blank`: no text stays. `keep`: texts stay without what looks like a secret. `off`: everything stays, and saving will be refused for it. */
export type RedactionMode = "blank" | "keep" | "off";

/** Makes the lines of one recording out of what was taped. */
export class LineMaker {
  readonly #redactor: Redactor | undefined;
  readonly #deltas: DeltaLines;
  readonly #late: LateAnswers | undefined;
  #seq = 0;

  /**
   * @param secrets that are known: see knownSecrets
   * @param cut of a connection that goes on: answers to what was asked before are left out, for nobody can tell what
   *   they answer. Where all of a connection is taped, such an answer is the server's, and stays.
   */
  constructor(mode: RedactionMode, secrets: readonly string[] = [], cut = false) {
    this.#late = cut ? new LateAnswers() : undefined;
    const placeholders = new Placeholders();
    if (mode !== "off") {
      this.#redactor = new Redactor(
        placeholders,
        mode === "keep" ? keepingRules(secrets, placeholders) : blankingRules(placeholders),
      );
    }
    const redactor = this.#redactor;
    this.#deltas = new DeltaLines(redactor ? (delta) => redactor.delta(delta) : (delta) => delta);
  }

  /**
   * @param put told of texts too long for the line; see payloads.ts
   * @returns `message`: as it stands in the line; undefined for a delta, which nobody looks into. Undefined when there is
   *   no line for it
   */
  line(event: TapeEvent, put: (name: string, text: string) => void): { line: string; message?: unknown } | undefined {
    const { content } = event;
    const delta = typeof content === "string" ? this.#deltas.text(content) : undefined;
    return delta === undefined ? this.#whole(event, put) : { line: this.#numbered(event, delta) };
  }

  #whole(event: TapeEvent, put: (name: string, text: string) => void): { line: string; message: unknown } | undefined {
    const { content } = event;
    const value = typeof content === "string" ? parsed(content) : undefined;
    if (value && this.#late?.isLate(event, value)) return undefined;
    const noise = typeof content === "string" && value === undefined;
    let message = noise ? this.#noise(content) : this.#message(event, value);
    let text = JSON.stringify(message);
    if (!noise && mayHoldPayload(text)) {
      message = takeOut(message, put);
      text = JSON.stringify(message);
    }
    if (typeof content === "string" && value) this.#deltas.learn(content, value, text);
    return { line: this.#numbered(event, text), message };
  }

  #numbered({ tUs, dir, server }: TapeEvent, message: string): string {
    const which = server > 0 ? `,"server":${server}` : "";
    const line = `{"seq":${this.#seq},"tUs":${tUs},"dir":"${dir}"${which},"message":${message}}`;
    this.#seq += 1;
    return line;
  }

  #message({ dir, content }: TapeEvent, value: object | undefined): unknown {
    const redactor = this.#redactor;
    if (!redactor) return value ?? content;
    if (value) return redactor.message(value);
    return dir === "proc" ? redactor.process(content as ProcessEvent) : redactor.host(content as HostEvent);
  }

  #noise(line: string): NoiseLine {
    return { $noise: this.#redactor ? this.#redactor.noise(line) : line };
  }
}

/** @returns undefined for a line that is no message */
function parsed(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return value === null || typeof value !== "object" || Array.isArray(value) ? undefined : value;
  } catch {
    return undefined;
  }
}
