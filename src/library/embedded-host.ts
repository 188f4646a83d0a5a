import { type CodexHarness, type CodexHarnessOptions, createCodexHarness } from "../harness/codex-harness.ts";
import type { Harness } from "../harness/types.ts";
import { EmbeddedHost, type HostTurn, type HostTurnResult } from "../host/embedded-host.ts";
import type { Script } from "../scripted-model/script.ts";
import type { TranscriptEntry } from "../transcript/entry.ts";
import { scriptedSetup } from "./scripted.ts";
import { ownHome, type Setup } from "./setup.ts";

export interface CodexHostOptions extends CodexHarnessOptions {
  /**
   * A scripted model on loopback answers, without credentials and network. `true` plays the built-in script, a string is
   * a script file, a Script is played as it is. Absent: the account of `login`, or Codex's own.
   */
  readonly scripted?: true | string | Script;
}

/** A turn; who is asked and what Codex may touch follows from whether there is somebody to `approve`. */
export type CodexTurn = Omit<HostTurn, "approvalPolicy" | "sandbox"> &
  Partial<Pick<HostTurn, "approvalPolicy" | "sandbox">>;

/** A host without OpenClaw in which every turn runs on Codex, or fails. */
export interface CodexHost {
  /** What it runs turns on: for `prewarm`, `compact`, `fork` and the rest. */
  readonly harness: CodexHarness;
  /**
   * One turn; turns of one session wait for each other. What happened is in the result, also for a turn that failed.
   * With an `approve`, Codex asks before it leaves the workspace. Without one nobody is asked: a scripted model is
   * trusted, a real one is kept in the workspace. `approvalPolicy` and `sandbox` say otherwise.
   * @throws BridgeError when the turn could not begin: no Codex, one that is too old, a session that is busy, …
   */
  runTurn(turn: CodexTurn): Promise<HostTurnResult>;
  /** The session's whole transcript, oldest first. */
  transcript(sessionKey: string): Promise<TranscriptEntry[]>;
  /** Ends the server and everything it started, saves a recording, closes the scripted model. */
  dispose(): Promise<void>;
}

/**
 * A host for turns without OpenClaw: one Codex, one transcript file per session in `stateDir`.
 * With `login` or `scripted`, Codex has a home of its own in `stateDir` unless `server.codexHome` names one.
 * @throws BridgeError `script_not_found` | `script_invalid` | `clock_invalid`
 */
export async function createEmbeddedHost({ scripted, ...options }: CodexHostOptions): Promise<CodexHost> {
  if (scripted !== undefined) {
    const setup = await scriptedSetup(options.stateDir, scripted, options.server);
    try {
      return hostOf({ ...setup, harness: { ...options, ...setup.harness } });
    } catch (thrown) {
      await setup.scriptedModel?.close();
      throw thrown;
    }
  }
  const server = options.login ? { codexHome: ownHome(options.stateDir), ...options.server } : options.server;
  return hostOf({ harness: { ...options, ...(server ? { server } : {}) } });
}

/**
 * The host for a set-up; disposing it closes what the set-up brought.
 * @param through what its attempts go through on their way to the harness
 */
export function hostOf(setup: Setup, through: (harness: Harness) => Harness = (harness) => harness): CodexHost {
  const harness = createCodexHarness(setup.harness);
  const { stateDir } = setup.harness;
  const host = new EmbeddedHost({ stateDir, harnesses: [through(harness)], pinnedHarness: harness.id });
  return {
    harness,
    runTurn(turn) {
      const model = turn.model ?? setup.model;
      const modelProvider = turn.modelProvider ?? setup.modelProvider;
      const asks = turn.approve !== undefined;
      return host.runTurn({
        ...turn,
        approvalPolicy: turn.approvalPolicy ?? (asks ? "on-request" : "never"),
        sandbox: turn.sandbox ?? (setup.scriptedModel && !asks ? "danger-full-access" : "workspace-write"),
        ...(model === undefined ? {} : { model }),
        ...(modelProvider === undefined ? {} : { modelProvider }),
      });
    },
    transcript: (sessionKey) => host.transcript(sessionKey),
    async dispose() {
      await host.dispose();
      await setup.scriptedModel?.close();
      await setup.gateway?.close();
    },
  };
}
