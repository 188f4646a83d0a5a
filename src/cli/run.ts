import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { BridgeError, toBridgeError } from "../errors.ts";
import { type AttemptProfile, profileText } from "../harness/profile.ts";
import { visible } from "../visible.ts";
import { type ApproveMode, approver } from "./approve.ts";
import { failureDocument, turnDocument } from "./document.ts";
import { type ConnectOptions, endpointFrom } from "./endpoint.ts";
import { hostedTurn } from "./hosted-turn.ts";
import { afterProgress, type Progress, progressOn } from "./progress.ts";
import { recordingFor, showSaved } from "./record.ts";
import { defaultStateDir, type SetupOptions, setUp } from "./setup.ts";
import { liveView, paint, terminalFor } from "./terminal.ts";
import { loadTools } from "./tools-module.ts";

export interface RunOptions extends ConnectOptions {
  readonly json?: boolean;
  readonly session?: string;
  readonly model?: string;
  readonly cwd?: string;
  readonly state?: string;
  readonly codex?: string;
  readonly scripted?: boolean | string;
  /** Asks the model in the shape of this agent CLI. */
  readonly harness?: string;
  /** A preset, or one of `model_providers` in the configuration of harness modes. */
  readonly provider?: string;
  readonly harnessConfig?: string;
  readonly timeout?: number;
  readonly clock?: Readonly<Record<string, number>>;
  /** A module that exports host tools. */
  readonly tools?: string;
  /** Who decides when Codex asks; absent: it never asks. */
  readonly approve?: ApproveMode;
  /** Folder the session is recorded into. */
  readonly record?: string;
  /** Texts stay in the recording. */
  readonly keepText?: boolean;
  /** Tells where the time of each turn went. */
  readonly profile?: boolean;
  /** The prompt is run this often, one turn after the other; the result is that of the last. */
  readonly turns?: number;
}

const exitUnrecorded = 3;

/**
 * `codex-bridge run`: one turn in the embedded host.
 * @returns the exit code: 0 when the turn completed, 3 when it did and the recording that was asked for is not there
 */
export async function run(prompt: string, options: RunOptions): Promise<number> {
  const sessionKey = options.session ?? `run-${Date.now().toString(36)}-${process.pid}`;
  const abort = new AbortController();
  const progress = progressOn(process.stderr, process.env);
  const { interrupt, uninstall } = interruptOnce(abort, progress);
  try {
    progress.show("waiting for Codex");
    const document = await oneTurn(prompt, sessionKey, options, { signal: abort.signal, interrupt, progress });
    progress.end();
    if (options.json) process.stdout.write(`${JSON.stringify(document)}\n`);
    if (!document.ok) return 1;
    return "recording" in document && document.recording.saved === false ? exitUnrecorded : 0;
  } catch (thrown) {
    progress.end();
    const error = toBridgeError(thrown);
    if (options.json) process.stdout.write(`${JSON.stringify(failureDocument(error, sessionKey))}\n`);
    else reportError(error);
    return 1;
  } finally {
    uninstall();
  }
}

async function oneTurn(
  prompt: string,
  sessionKey: string,
  options: RunOptions,
  { signal, interrupt, progress }: { signal: AbortSignal; interrupt: () => void; progress: Progress },
) {
  const cwd = path.resolve(options.cwd ?? ".");
  if (!existsSync(cwd) || !statSync(cwd).isDirectory()) {
    throw new BridgeError("cwd_not_found", `There is no folder at ${cwd}.`, {
      remedy: "Give an existing folder with --cwd.",
    });
  }
  const view = options.json ? undefined : liveView(afterProgress(terminalFor(process.stdout, process.env), progress));
  const tools = options.tools === undefined ? undefined : await loadTools(options.tools);
  const beforeAsking = (): void => {
    progress.end();
    view?.finish();
  };
  const asked = options.approve === undefined ? {} : await approver(options.approve, { beforeAsking, interrupt });
  const recording = await recordingFor(options);
  const stateDir = path.resolve(options.state ?? defaultStateDir(process.env));
  const endpoint = endpointFrom(options);
  const setup = await setUp(
    {
      stateDir,
      ...(endpoint ? { endpoint } : {}),
      ...(options.codex === undefined ? {} : { codexPath: options.codex }),
      ...(options.scripted === undefined ? {} : { scripted: options.scripted }),
      ...bridged(options),
    },
    process.env,
  );
  const harness = recording ? { ...setup.harness, recorder: recording } : setup.harness;
  const profiles: AttemptProfile[] = [];
  const onProfile = (profile: AttemptProfile): void => void profiles.push(profile);
  const preparedMs = performance.now();
  const result = await hostedTurn(
    { ...setup, harness },
    {
      sessionKey,
      prompt,
      cwd,
      signal,
      ...(options.model === undefined ? {} : { model: options.model }),
      ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout * 1000 }),
      // Names are checked where the clocks are: a misspelt one is refused with the list.
      ...(options.clock === undefined ? {} : { clocks: options.clock }),
      ...(view ? { observer: view } : {}),
      ...(tools ? { tools } : {}),
      ...asked,
    },
    { turns: options.turns ?? 1, ...(options.profile ? { onProfile } : {}) },
  ).catch(async (thrown: unknown) => {
    // A turn that never began is what a recording is most wanted of.
    if (recording) await showSaved(recording);
    throw thrown;
  });
  progress.end();
  view?.finish();
  const turn = turnDocument(result);
  const document = profiles.length === 0 ? turn : { ...turn, profile: { preparedMs, turns: profiles } };
  if (!options.json) summarise(result.transcriptFile, turn);
  if (!options.json && profiles.length > 0) {
    const lead = [{ name: "host preparation", ms: preparedMs }];
    const texts = profiles.map((profile, index) => profileText(profile, index === 0 ? lead : []));
    process.stderr.write(`${texts.join("\n")}\n`);
  }
  return recording ? { ...document, recording: await showSaved(recording) } : document;
}

function bridged({ provider, harness, harnessConfig: configFile }: RunOptions): Pick<SetupOptions, "bridged"> {
  if (provider === undefined && harness === undefined && configFile === undefined) return {};
  return {
    bridged: {
      ...(provider === undefined ? {} : { provider }),
      ...(harness === undefined ? {} : { harness }),
      ...(configFile === undefined ? {} : { configFile }),
    },
  };
}

function summarise(transcriptFile: string, document: ReturnType<typeof turnDocument>): void {
  const terminal = terminalFor(process.stderr, process.env);
  const { thread, turn, server, error } = document;
  if (error) process.stderr.write(`${paint(terminal, "red", `✗ ${turn.status}`)}: ${error.message}\n`);
  if (error?.remedy) process.stderr.write(`  ${error.remedy}\n`);
  const facts = `codex ${visible(server.version)} · thread ${visible(thread.id)}${thread.resumed ? " (resumed)" : ""} · ${turn.status}`;
  process.stderr.write(`${paint(terminal, "dim", facts)}\n${paint(terminal, "dim", transcriptFile)}\n`);
}

export function reportError(error: BridgeError): void {
  const terminal = terminalFor(process.stderr, process.env);
  const remedy = error.remedy === undefined ? "" : ` ${error.remedy}`;
  process.stderr.write(`${paint(terminal, "red", error.code)}: ${error.message}${remedy}\n`);
}

/** Ctrl-C once interrupts the turn and keeps what there is; twice ends the process. */
function interruptOnce(abort: AbortController, progress: Progress): { interrupt: () => void; uninstall: () => void } {
  const onSignal = (): void => {
    if (abort.signal.aborted) process.exit(130);
    abort.abort();
    progress.end();
    process.stderr.write("\nInterrupting the turn; press Ctrl-C again to quit at once.\n");
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const uninstall = (): void => {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  };
  return { interrupt: onSignal, uninstall };
}
