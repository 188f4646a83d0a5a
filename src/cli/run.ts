import { type BridgeError, toBridgeError } from "../errors.ts";
import { type AttemptProfile, profileText } from "../harness/profile.ts";
import { visible } from "../visible.ts";
import { approver } from "./approve.ts";
import { failureDocument, turnDocument } from "./document.ts";
import { hostedTurn } from "./hosted-turn.ts";
import { afterProgress, type Progress, progressOn } from "./progress.ts";
import { exitUnrecorded, recordingFor, showSaved } from "./record.ts";
import { liveView, paint, terminalFor } from "./terminal.ts";
import { setUpTurns, type TurnOptions, turnBasics } from "./turn-setup.ts";

export interface RunOptions extends TurnOptions {
  readonly json?: boolean;
  /** Tells where the time of each turn went. */
  readonly profile?: boolean;
  /** The prompt is run this often, one turn after the other; the result is that of the last. */
  readonly turns?: number;
}

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
  const basics = await turnBasics(options);
  const view = options.json ? undefined : liveView(afterProgress(terminalFor(process.stdout, process.env), progress));
  const beforeAsking = (): void => {
    progress.end();
    view?.finish();
  };
  const asked = options.approve === undefined ? {} : await approver(options.approve, { beforeAsking, interrupt });
  const recording = await recordingFor(options, "run");
  const setup = await setUpTurns(options);
  const harness = recording ? { ...setup.harness, recorder: recording } : setup.harness;
  const profiles: AttemptProfile[] = [];
  const onProfile = (profile: AttemptProfile): void => void profiles.push(profile);
  const preparedMs = performance.now();
  const result = await hostedTurn(
    { ...setup, harness },
    {
      ...basics,
      sessionKey,
      prompt,
      signal,
      ...(view ? { observer: view } : {}),
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
