import { homedir } from "node:os";
import path from "node:path";
import { toBridgeError } from "../../errors.ts";
import type { ServerIdentity } from "../../harness/types.ts";
import type { CodexHost } from "../../library/embedded-host.ts";
import { settlesWithin } from "../../server/child-process.ts";
import type { TurnBasics, TurnOptions } from "../turn-setup.ts";
import { type ChatActions, chatActions } from "./actions.ts";
import { chatHandlers } from "./approvals.ts";
import { commands, type Line, readLine } from "./commands.ts";
import type { Conversation } from "./conversation.ts";
import { oneLine } from "./lines.ts";
import { PromptHistory } from "./prompt-history.ts";
import type { ChatRecorder } from "./recording.ts";
import { Screen } from "./screen.ts";
import { statusLine } from "./status-line.ts";
import { Suggestions } from "./suggestions.ts";
import type { Theme } from "./theme.ts";
import { type ChatSettings, errorText, Turns } from "./turns.ts";

export interface ChatSessionOptions {
  readonly host: CodexHost;
  readonly conversation: Conversation;
  readonly basics: TurnBasics;
  readonly recorder: ChatRecorder;
  readonly stateDir: string;
  readonly theme: Theme;
  /** What turns are run with that name no model, where that is known. */
  readonly defaultModel: string | undefined;
  readonly options: TurnOptions;
}

/** A person reads what they are to allow, and may be elsewhere for a while. */
const approvalMs = 3_600_000;

/** What a person does at the keyboard, and what comes of it. */
export class ChatSession {
  readonly #options: ChatSessionOptions;
  readonly #settings: ChatSettings;
  readonly #screen: Screen;
  readonly #turns: Turns;
  readonly #actions: ChatActions;
  readonly #history: PromptHistory;
  readonly #left = Promise.withResolvers<number>();
  #leaving = false;
  /** Ctrl-C was pressed, and nothing else since. */
  #armed = false;

  constructor(options: ChatSessionOptions) {
    const { host, conversation, basics, theme, stateDir, recorder, defaultModel } = options;
    const { model, session: key = newKey(), approve: mode = "ask" } = options.options;
    this.#options = options;
    this.#settings = { sessionKey: key, ...(model === undefined ? {} : { model }) };
    this.#history = new PromptHistory(stateDir);
    const interrupt = (): void => void this.#turns.interrupt();
    this.#screen = new Screen({
      conversation,
      theme,
      cwd: basics.cwd,
      suggestions: new Suggestions(basics.cwd),
      keys: {
        submit: (text) => this.#submit(text),
        escape: interrupt,
        ctrlC: () => this.#ctrlC(),
        endOfInput: () => this.leave(0),
        other: () => {
          this.#armed = false;
        },
      },
      head: (width) => [
        `${theme.bold("codex-bridge")} ${theme.dim(oneLine(homely(basics.cwd), width - 14))}`,
        theme.dim(oneLine("Enter sends, Esc interrupts, /help explains.", width)),
      ],
      working: () => this.#turns.working,
      status: (width) => this.#status(width),
    });
    this.#turns = new Turns({
      host,
      conversation,
      settings: this.#settings,
      basics: { ...basics, clocks: { approvalMs, ...basics.clocks } },
      handlers: chatHandlers({ mode, place: this.#screen, conversation, interrupt }),
      giveBack: (text) => this.#giveBack(text),
    });
    this.#actions = chatActions({
      host,
      conversation,
      recorder,
      stateDir,
      settings: this.#settings,
      defaultModel,
      turns: this.#turns,
      place: this.#screen,
      facts: [
        ["codex", () => versionOf(this.#turns.server)],
        ["folder", () => basics.cwd],
        ["approvals", () => ({ ask: "you are asked", all: "all are given", none: "none is given" })[mode]],
        ["state", () => stateDir],
      ],
      newKey,
      exit: () => this.leave(0),
    });
  }

  /** Resolves with the exit code when the person wants to leave, or is made to. */
  get left(): Promise<number> {
    return this.#left.promise;
  }

  get key(): string {
    return this.#settings.sessionKey;
  }

  async start(prompt: string | undefined): Promise<void> {
    const { host, options } = this.#options;
    for (const text of await this.#history.read()) this.#screen.editor.addToHistory(text);
    this.#screen.start();
    // What keeps a server from starting is known before anything was written.
    host.harness.prewarm().catch((thrown: unknown) => this.#failed(thrown));
    if (options.session !== undefined) await this.#do("new", options.session);
    if (prompt !== undefined) this.#submit(prompt);
  }

  changed(): void {
    this.#screen.changed();
  }

  /** Wants to go; twice, and nothing is waited for. */
  leave(code: number): void {
    if (this.#leaving) {
      this.stop();
      process.exit(code);
    }
    this.#leaving = true;
    this.#armed = false;
    this.#turns.interrupt();
    this.#left.resolve(code);
  }

  /** Waits for the turn that runs to end; what it said last is drawn. */
  async settle(ms: number): Promise<void> {
    await settlesWithin(this.#turns.rest(), ms);
    this.#screen.farewell();
  }

  stop(): void {
    this.#screen.stop();
  }

  #submit(text: string): void {
    const line = readLine(text);
    if (line.kind === "empty") return;
    this.#screen.editor.addToHistory(text);
    this.#history.add(text);
    if (line.kind === "prompt") this.#turns.submit(line.text);
    else this.#command(line);
  }

  #command(line: Extract<Line, { kind: "command" | "unknown" }>): void {
    const { conversation } = this.#options;
    if (line.kind === "unknown") {
      const meant = line.nearest === undefined ? "/help lists them" : `did you mean /${line.nearest}?`;
      conversation.note("warning", `There is no command /${line.name}; ${meant}`);
    } else if (this.#turns.working && commands.some((each) => each.name === line.name && "atRest" in each)) {
      conversation.note("warning", `/${line.name} has to wait: a turn is running, and Esc interrupts it.`);
    } else void this.#do(line.name, line.argument);
  }

  async #do(name: keyof ChatActions, argument: string): Promise<void> {
    try {
      await this.#actions[name](argument);
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  #failed(thrown: unknown): void {
    this.#options.conversation.note("error", errorText(toBridgeError(thrown)));
  }

  #ctrlC(): void {
    if (this.#armed) {
      this.leave(0);
      return;
    }
    this.#armed = true;
    if (!this.#screen.closePanel() && !this.#turns.interrupt()) this.#screen.editor.setText("");
    this.#screen.changed();
  }

  /** Words that nobody heard stand in the line again, before what is being written. */
  #giveBack(text: string): void {
    const { editor } = this.#screen;
    const written = editor.getExpandedText();
    editor.setText(written === "" ? text : `${text}\n\n${written}`);
  }

  #status(width: number): string {
    if (this.#armed) return "Ctrl-C again leaves.";
    const { sessionKey: session, effort, model = this.#options.defaultModel } = this.#settings;
    return statusLine({ session, model, effort, usage: this.#options.conversation.usage }, width);
  }
}

/** A path as one would write it. */
function homely(file: string): string {
  const below = path.relative(homedir(), file);
  return below.startsWith("..") || path.isAbsolute(below) ? file : path.join("~", below);
}

function versionOf(server: ServerIdentity | undefined): string {
  return server === undefined ? "no turn was run yet" : `${server.version}, ${server.binary}`;
}

/** A name that no other session has, and that can be typed. */
function newKey(): string {
  return `chat-${Date.now().toString(36)}-${process.pid.toString(36)}`;
}
