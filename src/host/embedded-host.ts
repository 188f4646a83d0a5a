import path from "node:path";
import type { Attempt, AttemptResult, Harness } from "../harness/types.ts";
import type { PriorMessage } from "../thread/projection.ts";
import type { TranscriptEntry } from "../transcript/entry.ts";
import { priorMessages } from "../transcript/prior.ts";
import { HarnessRegistry } from "./registry.ts";
import { TranscriptFile } from "./transcript-file.ts";

export interface EmbeddedHostOptions {
  /** Private folder: transcripts live in `transcripts/`. */
  readonly stateDir: string;
  readonly harnesses: readonly Harness[];
  /** Only this harness may run turns; anything else is an error. */
  readonly pinnedHarness?: string;
}

/** A turn as the embedded host takes it: the session is a name, the transcript is the host's own. */
export type HostTurn = Omit<Attempt, "session" | "transcript" | "selection"> & {
  readonly sessionKey: string;
  readonly provider?: string;
};

export interface HostTurnResult extends AttemptResult {
  readonly selection: string;
  readonly transcriptFile: string;
}

/** A host without OpenClaw: harness registry, selection, one transcript file per session. */
export class EmbeddedHost {
  readonly registry = new HarnessRegistry();
  readonly #options: EmbeddedHostOptions;
  readonly #transcripts = new Map<string, TranscriptFile>();

  constructor(options: EmbeddedHostOptions) {
    this.#options = options;
    for (const harness of options.harnesses) this.registry.register(harness);
  }

  async runTurn(turn: HostTurn): Promise<HostTurnResult> {
    const { sessionKey, provider, ...attempt } = turn;
    const route = { provider: provider ?? "openai", ...(turn.model === undefined ? {} : { modelId: turn.model }) };
    const { harness, reason } = this.registry.select(route, this.#options.pinnedHarness);
    const transcript = this.#transcript(sessionKey);
    // The embedded host never renews a session, so key and generation are one.
    const session = { key: sessionKey, id: sessionKey };
    const history = async (): Promise<PriorMessage[]> => priorMessages(await transcript.read());
    const result = await harness.runAttempt({ history, ...attempt, session, transcript, selection: reason });
    return { ...result, selection: reason, transcriptFile: transcript.file };
  }

  /** The session's whole transcript, oldest first. */
  transcript(sessionKey: string): Promise<TranscriptEntry[]> {
    return this.#transcript(sessionKey).read();
  }

  dispose(): Promise<void> {
    return this.registry.dispose();
  }

  #transcript(sessionKey: string): TranscriptFile {
    let transcript = this.#transcripts.get(sessionKey);
    if (!transcript) {
      transcript = new TranscriptFile(path.join(this.#options.stateDir, "transcripts"), sessionKey);
      this.#transcripts.set(sessionKey, transcript);
    }
    return transcript;
  }
}
