import { BridgeError, toBridgeError } from "../../errors.ts";
import type { Aside } from "../../harness/aside.ts";
import { type CodexHarness, createCodexHarness } from "../../harness/codex-harness.ts";
import type { Login } from "../../harness/login.ts";
import type { HarnessRecorder } from "../../harness/recorder.ts";
import { EmbeddedHost, type HostTurn } from "../../host/embedded-host.ts";
import type { ToolDefinition, TurnStartParams } from "../../protocol/params.ts";
import type { TranscriptEntry } from "../../transcript/entry.ts";
import type { TurnControl } from "../../turn/run.ts";
import type { HostEvent, RecordedLine } from "../format/format.ts";
import { processesOf } from "./lanes.ts";
import { recordedAnswers } from "./replay-answers.ts";
import { HeardLines } from "./replay-heard-lines.ts";

export interface HostedOptions {
  readonly lines: readonly RecordedLine[];
  /** Folder of the recording, for the processes that are started. */
  readonly dir: string;
  /** Private and empty: the state of the host that plays it. */
  readonly stateDir: string;
  /** Executable that is `codex` for a recording (`bin/codex-replay.js`). */
  readonly command: string;
  readonly framing?: string;
}

export interface HostedReplay {
  /** The transcripts of all sessions. */
  readonly entries: readonly TranscriptEntry[];
  readonly problems: readonly BridgeError[];
}

const startAllowanceMs = 8000;

/**
 * Does again what the host of a recording did, with today's harness, against the recorded app-server in a process of its
 * own: what the harness says has to be what was recorded.
 */
export async function replayHosted(options: HostedOptions): Promise<HostedReplay> {
  const replay = new Hosted(options);
  try {
    for (const { dir, message, seq } of options.lines) {
      if (dir !== "host" || (await replay.event(message as HostEvent, seq))) continue;
      break;
    }
    return { entries: await replay.transcripts(), problems: replay.problems };
  } finally {
    await replay.close();
  }
}

class Hosted {
  readonly problems: BridgeError[] = [];
  readonly #options: HostedOptions;
  readonly #heard: HeardLines;
  readonly #answers: ReturnType<typeof recordedAnswers>;
  readonly #login: Login | undefined;
  readonly #running = new Map<string, Promise<void>>();
  readonly #aborts = new Map<string, AbortController>();
  readonly #controls = new Map<string, TurnControl>();
  readonly #sessions = new Set<string>();
  readonly #asides: Promise<void>[] = [];
  #harness!: CodexHarness;
  #host!: EmbeddedHost;

  constructor(options: HostedOptions) {
    this.#options = options;
    const processes = processesOf(options.lines).filter(({ readback }) => !readback);
    this.#heard = new HeardLines(processes, (problem) => void this.problems.push(problem));
    this.#answers = recordedAnswers(processes);
    this.#login = loginOf(options.lines);
    this.#open();
  }

  /** @returns false when the host did nothing more */
  async event(event: HostEvent, seq: number): Promise<boolean> {
    const { session = "" } = event as { session?: string };
    switch (event.event) {
      case "readback":
        return false;
      case "attempt":
        this.#sessions.add(session);
        this.#running.set(session, this.#attempt(event));
        break;
      case "result":
        await this.#running.get(session);
        break;
      case "aside":
        this.#asides.push(this.#aside(event));
        break;
      case "abort":
        await this.#heard.upTo(seq);
        this.#aborts.get(session)?.abort(event.reason);
        break;
      case "steer":
        await this.#heard.upTo(seq);
        void this.#controls.get(session)?.steer({ id: event.id, text: event.text });
        break;
      case "release":
        await this.#heard.upTo(seq);
        this.#controls.get(session)?.release(event.reason ?? "");
        break;
      case "restart":
        await this.#host.dispose();
        this.#open();
        break;
      case "compact":
      case "reset":
      case "fork":
        await this.#between(event);
        break;
      case "entry":
        break;
    }
    return true;
  }

  async transcripts(): Promise<TranscriptEntry[]> {
    await Promise.all([...this.#running.values(), ...this.#asides]);
    const all: TranscriptEntry[] = [];
    for (const session of this.#sessions) all.push(...(await this.#host.transcript(session)));
    return all;
  }

  close(): Promise<void> {
    return this.#host.dispose();
  }

  #open(): void {
    const { dir, stateDir, command, framing } = this.#options;
    const env = { CODEX_BRIDGE_REPLAY: dir, ...(framing ? { CODEX_BRIDGE_REPLAY_FRAMING: framing } : {}) };
    const recorder: HarnessRecorder = {
      spawned: () => this.#heard.spawned(),
      host: () => undefined,
      close: async () => {},
    };
    this.#harness = createCodexHarness({
      stateDir,
      recorder,
      server: { command, codexHome: `${stateDir}/home`, env },
      ...(this.#login ? { login: this.#login } : {}),
    });
    this.#host = new EmbeddedHost({ stateDir, harnesses: [this.#harness] });
  }

  async #attempt(event: Extract<HostEvent, { event: "attempt" }>): Promise<void> {
    const { session, prompt, settings, clocks } = event;
    const abort = new AbortController();
    this.#aborts.set(session, abort);
    const { tools, additionalContext, ...given } = settings as RecordedSettings;
    const { approve, answer, fillIn, tool } = this.#answers;
    const turn: HostTurn = {
      approvalPolicy: "never",
      sandbox: "danger-full-access",
      ...given,
      ...(additionalContext ? { context: contextOf(additionalContext) } : {}),
      // A budget is spent by starting processes, too, and here that is Node and not Codex.
      ...(given.timeoutMs === undefined ? {} : { timeoutMs: given.timeoutMs + startAllowanceMs }),
      cwd: given.cwd ?? this.#options.stateDir,
      sessionKey: session,
      prompt,
      clocks: clocks as NonNullable<HostTurn["clocks"]>,
      signal: abort.signal,
      approve,
      answer,
      fillIn,
      onControl: (control) => void this.#controls.set(session, control),
      ...(tools
        ? {
            tools: tools.map((each) => ({
              ...each,
              execute: (_: unknown, { callId }: { callId: string }) => result(tool(callId)),
            })),
          }
        : {}),
    };
    // How it ends is compared by the transcript; an attempt that was refused then is refused now.
    await this.#host.runTurn(turn).catch((thrown: unknown) => toBridgeError(thrown));
  }

  async #aside({ session, prompt, settings }: Extract<HostEvent, { event: "aside" }>): Promise<void> {
    const asked = {
      cwd: this.#options.stateDir,
      timeoutMs: startAllowanceMs,
      ...(settings as Partial<Aside>),
      ...(session === "" ? {} : { session: { key: session, id: session } }),
      question: prompt,
    };
    await this.#harness.aside(asked).catch((thrown: unknown) => toBridgeError(thrown));
  }

  async #between(event: Extract<HostEvent, { event: "compact" | "reset" | "fork" }>): Promise<void> {
    const ref = (key: string) => ({ key, id: key });
    const session = ref(event.session);
    const done =
      event.event === "fork"
        ? this.#harness.fork(ref(event.predecessorId), session, pointOf(event))
        : event.event === "reset"
          ? this.#harness.reset(session, event.reason ?? "", { keepHistory: event.keepHistory ?? false })
          : this.#harness.compact(session);
    await done.catch((thrown: unknown) => toBridgeError(thrown));
  }
}

type RecordedSettings = Partial<HostTurn> & {
  readonly tools?: readonly ToolDefinition[];
  readonly additionalContext?: TurnStartParams["additionalContext"];
};

function contextOf(recorded: NonNullable<RecordedSettings["additionalContext"]>): NonNullable<HostTurn["context"]> {
  return Object.entries(recorded).map(([key, { kind, value }]) => ({
    key,
    text: value,
    source: kind === "application" ? "host" : "untrusted",
  }));
}

function pointOf({ lastTurnId }: { lastTurnId?: string }): { lastTurnId?: string } {
  return lastTurnId === undefined ? {} : { lastTurnId };
}

function result<T>(found: T | undefined): T {
  if (found !== undefined) return found;
  throw new BridgeError("replay_exhausted", "This call is not in the recording.");
}

/** Credentials are not in a recording; that there were some is. */
function loginOf(lines: readonly RecordedLine[]): Login | undefined {
  const login = lines.find(({ message }) => (message as { method?: unknown }).method === "account/login/start");
  const { type } = ((login?.message as { params?: unknown })?.params ?? {}) as { type?: unknown };
  const tokens = { accessToken: "replayed", chatgptAccountId: "replayed", chatgptPlanType: "replayed" };
  if (type === "apiKey") return { type, apiKey: "replayed" };
  return type === "chatgptAuthTokens" ? { type, ...tokens, refresh: async () => tokens } : undefined;
}
