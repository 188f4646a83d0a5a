import { AsyncLocalStorage } from "node:async_hooks";
import type { CodexHarness } from "../harness/codex-harness.ts";
import type { AgentProgress } from "../harness/types.ts";
import type { HostAttempt } from "./sdk.ts";
import { type HostTasks, loadHostTasks, type TaskEnd, type TaskScope } from "./sdk-tasks.ts";

/** What the host's ledger calls a native sub-agent's work; also who is asked for its history. */
export const taskKind = "codex-bridge";
/** Before the sub-agent's thread id: the id of its task. */
export const taskPrefix = "codex-bridge-agent:";

type Warn = (message: string) => void;
type Context = ReturnType<typeof AsyncLocalStorage.snapshot>;
type Source = ReturnType<NonNullable<HostAttempt["hostCapabilities"]["retainSourceAuthority"]>>;

/** Who answers for the sub-agents that go on without their turn; as long as the plugin is registered. */
export class SubAgentWatch {
  /** What goes on after a turn is not that turn's: the host refuses what is done in the context of a run that is over. */
  readonly outside = AsyncLocalStorage.snapshot();
  readonly #watched = new Map<string, symbol>();

  /** The caller alone answers for this sub-agent until somebody else does. @returns whether it still does */
  take(threadId: string): () => boolean {
    const mine = Symbol(threadId);
    this.#watched.set(threadId, mine);
    return () => this.#watched.get(threadId) === mine;
  }

  leave(threadId: string): void {
    this.#watched.delete(threadId);
  }
}

/**
 * A harness whose native sub-agents are tasks of the host: seen in its list from their beginning to their end. One that
 * outlives its turn is watched, and the conversation is told what it came to, once.
 */
export function withSubAgentTasks(
  harness: CodexHarness,
  params: HostAttempt,
  watch: SubAgentWatch,
  warn: Warn,
  load: () => Promise<HostTasks> = loadHostTasks,
): CodexHarness {
  const scope = params.agentHarnessTaskRuntimeScope;
  if (!scope || params.sessionKey === undefined || params.sessionPersistence === "detached") return harness;
  return {
    ...harness,
    async runAttempt(attempt) {
      const tasks = new SubAgentTasks({ harness, params, scope, watch, warn, load });
      try {
        return await harness.runAttempt({
          ...attempt,
          observer: {
            ...attempt.observer,
            async onAgent(agent) {
              await attempt.observer?.onAgent?.(agent);
              await tasks.note(agent);
            },
          },
        });
      } finally {
        tasks.outlive();
      }
    },
  };
}

interface TasksOf {
  readonly harness: Pick<CodexHarness, "subAgentEnd">;
  readonly params: HostAttempt;
  readonly scope: TaskScope;
  readonly watch: SubAgentWatch;
  readonly warn: Warn;
  readonly load: () => Promise<HostTasks>;
}

/** The sub-agents of one attempt. */
class SubAgentTasks {
  readonly #of: TasksOf;
  readonly #inRun = AsyncLocalStorage.snapshot();
  /** What each was told, of those that run. */
  readonly #running = new Map<string, string>();
  readonly #left = new Set<string>();

  constructor(of: TasksOf) {
    this.#of = of;
  }

  async note({ threadId, status, task, text }: AgentProgress): Promise<void> {
    const { params } = this.#of;
    if (status === "left_running") {
      this.#left.add(threadId);
      return;
    }
    if (status !== "running") {
      this.#running.delete(threadId);
      await this.#write(this.#inRun, (tasks) => this.#end(tasks, threadId, status, text ?? ""));
      return;
    }
    const label = task ?? this.#running.get(threadId) ?? "Codex sub-agent";
    this.#running.set(threadId, label);
    this.#of.watch.leave(threadId);
    await this.#write(this.#inRun, (tasks) =>
      this.#runtime(tasks).createRunningTaskRun({
        runId: taskPrefix + threadId,
        sourceId: taskPrefix + threadId,
        ...(params.agentId === undefined ? {} : { agentId: params.agentId }),
        label: label.split("\n", 1)[0]!.slice(0, 80),
        task: label,
        notifyPolicy: "silent",
        deliveryStatus: "not_applicable",
        preferMetadata: true,
        startedAt: Date.now(),
        lastEventAt: Date.now(),
        // Who may read it later: the same generation of the same session.
        detail: { nativeHistory: { sessionId: params.sessionId } },
      }),
    );
  }

  /** The turn is over. What goes on keeps the authority it was begun with. */
  outlive(): void {
    for (const threadId of this.#left) {
      const source = this.#of.params.hostCapabilities?.retainSourceAuthority?.();
      const mine = this.#of.watch.take(threadId);
      const followed = this.#of.watch.outside(() => this.#follow(threadId, mine, source));
      void followed.finally(() => {
        source?.release();
        if (mine()) this.#of.watch.leave(threadId);
      });
    }
  }

  async #follow(threadId: string, mine: () => boolean, source: Source): Promise<void> {
    const { status, text } = await this.#of.harness.subAgentEnd(threadId, source?.signal);
    // A later turn of the same conversation follows it now.
    if (!mine()) return;
    // Codex tells its next turn nothing by itself (measured on 0.169.0): untold, the result would be lost.
    const wake = status === "completed" || status === "failed";
    await this.#write(this.#of.watch.outside, async (tasks) => {
      this.#end(tasks, threadId, status, text);
      if (wake) await this.#wake(tasks, threadId, status, text, source);
    });
  }

  async #wake(tasks: HostTasks, threadId: string, status: string, text: string, source: Source): Promise<void> {
    source?.assertCurrent();
    const runId = taskPrefix + threadId;
    const runtime = this.#runtime(tasks);
    runtime.setDetachedTaskDeliveryStatusByRunId({ runId, deliveryStatus: "pending" });
    const { delivered, error } = await tasks.deliverAgentHarnessTaskCompletion({
      scope: this.#of.scope,
      childSessionKey: runId,
      childSessionId: threadId,
      announceId: `${runId}:${this.#of.params.runId}`,
      taskLabel: this.#running.get(threadId) ?? "Codex sub-agent",
      announceType: "Codex sub-agent",
      status: ends[status] ?? "failed",
      statusLabel: status,
      result: text || "(it said nothing)",
    });
    runtime.setDetachedTaskDeliveryStatusByRunId({ runId, deliveryStatus: delivered ? "delivered" : "failed" });
    if (!delivered) this.#of.warn(`a sub-agent's end could not be told: ${error ?? "no reason given"}`);
  }

  #end(tasks: HostTasks, threadId: string, status: string, text: string): void {
    const summary = text ? { progressSummary: text, terminalSummary: text } : {};
    const end = ends[status] ?? "failed";
    this.#runtime(tasks).finalizeTaskRunByRunId({
      runId: taskPrefix + threadId,
      status: end,
      endedAt: Date.now(),
      lastEventAt: Date.now(),
      ...summary,
      ...(end === "failed" ? { error: text || `The sub-agent ${status === "lost" ? "is lost" : status}.` } : {}),
    });
  }

  #runtime(tasks: HostTasks) {
    return tasks.createAgentHarnessTaskRuntime({
      runtime: "subagent",
      taskKind,
      runIdPrefix: taskPrefix,
      scope: this.#of.scope,
      // The app-server ends with us: a successor may know that the work is over.
      executionPid: process.pid,
    });
  }

  /** The ledger is for people to look at: a turn does not fail for it. */
  async #write(inContext: Context, work: (tasks: HostTasks) => unknown): Promise<void> {
    try {
      const tasks = await this.#of.load();
      await inContext(() => work(tasks));
    } catch (thrown) {
      this.#of.warn(`a sub-agent is not in the host's task list: ${String(thrown)}`);
    }
  }
}

const ends: Readonly<Record<string, TaskEnd>> = {
  completed: "succeeded",
  failed: "failed",
  lost: "failed",
  interrupted: "cancelled",
};
