import path from "node:path";
import { BridgeError } from "../../errors.ts";
import { makePrivateFolder } from "../../files/private.ts";
import type { CodexModel } from "../../harness/models.ts";
import type { CodexHost } from "../../library/embedded-host.ts";
import { chosen } from "./chooser.ts";
import { cleanLine } from "./clean.ts";
import { type CommandName, helpText } from "./commands.ts";
import type { Conversation } from "./conversation.ts";
import { aboutSession, earlierSessions } from "./earlier-sessions.ts";
import { itemsOf, lastOf } from "./from-transcript.ts";
import type { PanelPlace } from "./prompts.ts";
import type { ChatRecorder } from "./recording.ts";
import { count } from "./status-line.ts";
import type { ChatSettings, Turns } from "./turns.ts";

export interface ActionsOptions {
  readonly host: CodexHost;
  readonly conversation: Conversation;
  readonly settings: ChatSettings;
  readonly turns: Turns;
  readonly place: PanelPlace;
  readonly recorder: ChatRecorder;
  readonly stateDir: string;
  /** What `/status` says besides what is known here. */
  readonly facts: readonly (readonly [name: string, value: () => string])[];
  readonly defaultModel: string | undefined;
  newKey(): string;
  exit(): void;
}

/** So many items of a resumed session are shown. */
const shownItems = 60;
/** A model that is known to no list takes one of these, or says that it does not. */
const usualEfforts = ["minimal", "low", "medium", "high", "xhigh"];

/** For each command what is to be done with its argument. */
export type ChatActions = Record<CommandName, (argument: string) => Promise<void> | void>;

export function chatActions(options: ActionsOptions): ChatActions {
  const { host, conversation, settings, turns, place, recorder, stateDir, facts } = options;

  /** What the next turn runs with, where nothing else is said. */
  const isCurrent = ({ id, isDefault }: Pick<CodexModel, "id" | "isDefault">): boolean => {
    const current = settings.model ?? options.defaultModel;
    return current === undefined ? isDefault : id === current;
  };

  async function show(key: string): Promise<void> {
    const { shown, earlier } = lastOf(itemsOf(await host.transcript(key)), shownItems);
    // What was typed ahead may have begun one: it is of the session that is left.
    if (turns.working) {
      conversation.note("warning", `A turn runs; go to session ${key} when it is over.`);
      return;
    }
    settings.sessionKey = key;
    conversation.clear(shown);
    if (shown.length === 0) conversation.note("info", `Session ${key}: nothing was said yet.`);
    else if (earlier > 0) conversation.note("info", `Session ${key}; ${earlier} earlier items are in /history.`);
    else conversation.note("info", `Session ${key} goes on.`);
  }

  async function resume(argument: string): Promise<void> {
    const sessions = (await earlierSessions(stateDir)).filter(({ key }) => key !== settings.sessionKey);
    if (argument !== "") {
      if (sessions.some(({ key }) => key === argument)) {
        await show(argument);
        return;
      }
      throw new BridgeError("session_unknown", `There is no session ${argument}.`, {
        remedy: "/resume alone lists them.",
      });
    }
    if (sessions.length === 0) {
      conversation.note("info", "There is no other session to resume.");
      return;
    }
    const newest = sessions.slice(0, 50);
    const about = await Promise.all(newest.map((session) => aboutSession(host, session)));
    const choices = newest.map(({ key }, index) => ({ name: cleanLine(key), description: about[index]! }));
    const index = await chosen(place, { message: "Which session?", choices });
    if (index !== undefined) await show(newest[index]!.key);
  }

  async function model(argument: string): Promise<void> {
    let name = argument;
    if (name === "") {
      const models = (await host.harness.models()).filter(({ hidden }) => !hidden);
      if (models.length === 0) {
        conversation.note("info", "Codex lists no models; /model NAME takes any.");
        return;
      }
      const choices = models.map(({ id, name: title, isDefault }) => ({
        name: cleanLine(id),
        description: cleanLine(`${title}${isDefault ? " (default)" : ""}`),
      }));
      const at = models.findIndex(isCurrent);
      const index = await chosen(place, { message: "Which model?", choices, at: Math.max(0, at) });
      if (index === undefined) return;
      name = models[index]!.id;
    }
    settings.model = name;
    conversation.note("info", `${name} from the next turn on.`);
  }

  async function effort(argument: string): Promise<void> {
    let level = argument;
    if (level === "") {
      const models = await host.harness.models();
      const own = models.find(isCurrent);
      const levels = own && own.efforts.length > 0 ? own.efforts : usualEfforts;
      const choices = levels.map((name) => ({ name: cleanLine(name) }));
      const at = Math.max(0, levels.indexOf(settings.effort ?? "medium"));
      const index = await chosen(place, { message: "How hard is it to think?", choices, at });
      if (index === undefined) return;
      level = levels[index]!;
    }
    settings.effort = level;
    conversation.note("info", `Effort ${level} from the next turn on.`);
  }

  function compact(): Promise<void> {
    const key = settings.sessionKey;
    return turns.work("Compacting", async (signal) => {
      const { compacted, reason } = await host.harness.compact({ key, id: key }, { signal });
      if (compacted) conversation.note("good", "The conversation was compacted.");
      else conversation.note("warning", `It was not compacted: ${reason ?? "Codex does not say why"}.`);
    });
  }

  async function trace(): Promise<void> {
    const outcome = await recorder.lastTurn();
    if (!outcome) {
      conversation.note("info", "There was no turn yet.");
      return;
    }
    if (!outcome.saved) throw outcome.error;
    const { writeTrace } = await import("../../replay/trace/write-trace.ts");
    const folder = path.join(stateDir, "traces");
    makePrivateFolder(folder);
    const file = path.join(folder, `${path.basename(outcome.dir)}.trace.html`);
    const { lines } = await writeTrace(outcome.dir, file);
    conversation.told(`${file}\n${lines} lines of the last turn. Open it in a browser; it needs no network.`);
  }

  function status(): void {
    const { usage } = conversation;
    const { contextTokens, contextWindow, thread } = usage ?? {};
    const rows: (readonly [string, string])[] = [
      ["session", settings.sessionKey],
      ["model", settings.model ?? options.defaultModel ?? "Codex's default"],
      ["effort", settings.effort ?? "the model's own"],
      ...facts.map(([name, value]) => [name, value()] as const),
    ];
    if (thread) rows.push(["tokens", `${count(thread.inputTokens)} in, ${count(thread.outputTokens)} out`]);
    if (contextTokens !== undefined) {
      rows.push(["context", `${count(contextTokens)}${contextWindow ? ` of ${count(contextWindow)}` : ""} tokens`]);
    }
    conversation.told(rows.map(([name, value]) => `${name.padEnd(10)} ${cleanLine(value)}`).join("\n"));
  }

  return {
    new: (argument) => show(argument === "" ? options.newKey() : argument),
    resume,
    model,
    effort,
    steer: (words) => {
      if (words === "") conversation.note("info", "Say what: /steer WORDS.");
      else if (!turns.working) conversation.note("info", "No turn runs; write it as a prompt.");
      else turns.submit(words);
    },
    compact,
    trace,
    history: async () => {
      const items = itemsOf(await host.transcript(settings.sessionKey));
      if (turns.working) conversation.note("info", "A turn runs; /history when it is over.");
      else if (items.length === 0) conversation.note("info", "Nothing was said yet.");
      else conversation.again(items);
    },
    status,
    help: () => conversation.told(helpText()),
    exit: options.exit,
  };
}
