import type { AttemptObserver, PartialText, ToolProgress } from "../../harness/types.ts";
import type { TurnUsage } from "../../turn/outcome.ts";
import type { PlanStep } from "../../turn/state.ts";
import type { SteerMessage } from "../../turn/steering.ts";
import { editsOf } from "./edits.ts";
import type { AgentItem, Item, NoteLevel, ToolItem } from "./items.ts";

/** Words that were sent into a running turn and do not stand in it yet. */
export interface WaitingSteer extends SteerMessage {
  /** The turn did not take it: it is the beginning of the next one. */
  readonly returned: boolean;
}

/** More are not kept on the screen when a turn begins. */
const maxItems = 2_000;

/**
 * What is on the screen, and why: everything a turn tells becomes items here. Knows nothing of a terminal, of time, and of
 * how anything looks.
 */
export class Conversation {
  readonly #onChange: () => void;
  #items: Item[] = [];
  /** Where an item is that may still change. */
  readonly #open = new Map<string, number>();
  #plan: readonly PlanStep[] = [];
  #waiting: WaitingSteer[] = [];
  #usage: TurnUsage | undefined;
  #activity = "";

  constructor(onChange: () => void = () => undefined) {
    this.#onChange = onChange;
  }

  get items(): readonly Item[] {
    return this.#items;
  }

  /** There is something to go on with. */
  get said(): boolean {
    return this.#items.some(({ kind }) => kind !== "note" && kind !== "told");
  }

  /** The plan of the running turn; at its end it becomes an item. */
  get plan(): readonly PlanStep[] {
    return this.#plan;
  }

  get waiting(): readonly WaitingSteer[] {
    return this.#waiting;
  }

  /** The last that is known of the session's tokens. */
  get usage(): TurnUsage | undefined {
    return this.#usage;
  }

  /** What the running turn is doing, in a word or two. */
  get activity(): string {
    return this.#activity;
  }

  note(level: NoteLevel, text: string): void {
    this.#add({ kind: "note", level, text });
  }

  told(text: string): void {
    this.#add({ kind: "told", text });
  }

  /** Another session: nothing of this one stays. */
  clear(items: readonly Item[] = []): void {
    this.#usage = undefined;
    this.#plan = [];
    this.#waiting = [];
    this.again(items);
  }

  /** The same session, from its beginning. */
  again(items: readonly Item[]): void {
    this.#items = [...items];
    this.#open.clear();
    this.#onChange();
  }

  /** A turn begins with these words. */
  begun(prompt: string): void {
    this.#forgetOld();
    this.#activity = "Waiting for Codex";
    this.#add({ kind: "user", text: prompt });
  }

  steering(message: SteerMessage): void {
    this.#waiting = [...this.#waiting, { ...message, returned: false }];
    this.#onChange();
  }

  /** The turn is over. @returns what was said to it and it never heard, oldest first */
  ended(): string[] {
    for (const [key, index] of this.#open) {
      const item = this.#items[index];
      if (item?.kind === "tool" && item.status === "running") this.#put(key, { ...item, status: "incomplete" });
    }
    this.#open.clear();
    if (this.#plan.length > 0) this.#add({ kind: "plan", steps: this.#plan });
    const unheard = this.#waiting.map(({ text }) => text);
    this.#plan = [];
    this.#waiting = [];
    this.#activity = "";
    this.#onChange();
    return unheard;
  }

  /** The live view of a turn. */
  readonly observer: AttemptObserver = {
    onThread: ({ rotation }) => {
      if (rotation) this.note("warning", `The session has a new thread: ${rotation.reason}`);
    },
    onAssistantStart: () => this.does("Writing"),
    onPartialReply: (reply) => this.#put(reply.itemId, { kind: "answer", id: reply.itemId, text: reply.text }),
    onCommentary: ({ itemId, text }) => this.#put(itemId, { kind: "answer", id: itemId, text, commentary: true }),
    onAssistantDiscard: ({ itemId }) => this.#discard(itemId),
    onReasoning: (thought) => this.#think(thought),
    onReasoningEnd: () => this.does("Working"),
    onTool: (tool) => (tool.agent === undefined ? this.#tool(tool) : this.#agentTool(tool.agent, tool)),
    onPlan: ({ steps }) => {
      this.#plan = steps;
      this.#onChange();
    },
    onUsage: (usage) => {
      this.#usage = usage;
      this.#onChange();
    },
    onCompaction: ({ phase }) => {
      if (phase === "end") this.note("info", "The conversation was compacted.");
      this.does(phase === "start" ? "Compacting" : "Working");
    },
    onAgent: ({ threadId, ...more }) => this.#agent({ kind: "agent", id: threadId, ...more }),
    onSteer: ({ id, status }) => this.#steered(id, status),
    onNotice: ({ text }) => this.note("warning", text),
  };

  #think({ itemId, text }: PartialText): void {
    this.#activity = "Thinking";
    this.#put(itemId, { kind: "thought", id: itemId, text });
  }

  #tool({ phase, id, name, title, native, input, output, status, exitCode }: ToolProgress): void {
    const before = this.#at(id);
    const kept = before?.kind === "tool" ? before : undefined;
    const shown = output ?? kept?.output;
    const edits = name === "apply_patch" ? editsOf(input) : [];
    const tool: ToolItem = {
      kind: "tool",
      id,
      name,
      title,
      native,
      status: phase === "end" ? (status ?? "incomplete") : "running",
      ...(input === undefined ? {} : { input }),
      ...(shown === undefined ? {} : { output: shown }),
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(edits.length > 0 ? { edits } : {}),
    };
    this.#activity = phase === "end" ? "Working" : "Running a tool";
    this.#put(id, tool);
  }

  #agent(agent: AgentItem): void {
    const before = this.#at(agent.id);
    const { doing: _, ...kept } = before?.kind === "agent" ? before : { doing: undefined };
    this.#put(agent.id, { ...kept, ...agent });
  }

  #agentTool(threadId: string, { phase, name, title }: ToolProgress): void {
    const before = this.#at(threadId);
    if (phase === "update" || before?.kind !== "agent") return;
    const { doing: _, ...agent } = before;
    this.#put(threadId, phase === "start" ? { ...agent, doing: `${name}: ${title}` } : agent);
  }

  #steered(id: string, status: "consumed" | "returned"): void {
    const message = this.#waiting.find((each) => each.id === id);
    if (!message) return;
    if (status === "returned") {
      this.#waiting = this.#waiting.map((each) => (each.id === id ? { ...each, returned: true } : each));
      this.#onChange();
    } else {
      this.#waiting = this.#waiting.filter((each) => each.id !== id);
      this.#add({ kind: "user", text: message.text });
    }
  }

  /** What was streamed does not stand; the same item begins again. */
  #discard(itemId: string): void {
    const index = this.#open.get(itemId);
    this.#open.delete(itemId);
    if (index === undefined) return;
    this.#items = this.#items.with(index, { kind: "note", level: "info", text: "The model began its answer again." });
    this.#onChange();
  }

  /** A session may go on for days; the transcript has all of it. */
  #forgetOld(): void {
    if (this.#items.length <= maxItems) return;
    this.#items = this.#items.slice(-maxItems / 2);
    this.#items.unshift({ kind: "note", level: "info", text: "What was before is in /history." });
    this.#open.clear();
  }

  /** What is being done now. */
  does(activity: string): void {
    this.#activity = activity;
    this.#onChange();
  }

  #at(key: string): Item | undefined {
    const index = this.#open.get(key);
    return index === undefined ? undefined : this.#items[index];
  }

  /** Puts an item where it stood, or at the end. */
  #put(key: string, item: Item): void {
    const index = this.#open.get(key);
    if (index === undefined) {
      this.#open.set(key, this.#items.length);
      this.#items.push(item);
    } else this.#items[index] = item;
    this.#onChange();
  }

  #add(item: Item): void {
    this.#items.push(item);
    this.#onChange();
  }
}
