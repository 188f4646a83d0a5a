/** The host's ledger of background work, behind one subpath. The host lends it to a turn by its scope. */
export interface HostTasks {
  createAgentHarnessTaskRuntime(params: {
    runtime: "subagent";
    taskKind: string;
    runIdPrefix: string;
    scope: TaskScope;
    executionPid?: number;
  }): HostTaskRuntime;
  /** Tells the conversation that work it had begun is done; a turn of its own when none is running there. */
  deliverAgentHarnessTaskCompletion(params: {
    scope: TaskScope;
    /** The task's run id. */
    childSessionKey: string;
    childSessionId: string;
    announceId: string;
    taskLabel: string;
    announceType: string;
    status: TaskEnd;
    statusLabel: string;
    result: string;
  }): Promise<{ readonly delivered?: boolean; readonly error?: string }>;
}

/** Issued by the host with an attempt; never made up. */
export type TaskScope = object;
export type TaskEnd = "succeeded" | "failed" | "cancelled";

export interface HostTaskRuntime {
  createRunningTaskRun(task: {
    runId: string;
    sourceId: string;
    agentId?: string;
    label: string;
    task: string;
    notifyPolicy: "silent";
    deliveryStatus: "not_applicable";
    preferMetadata: boolean;
    startedAt: number;
    lastEventAt: number;
    detail: object;
  }): unknown;
  finalizeTaskRunByRunId(end: {
    runId: string;
    status: TaskEnd;
    endedAt: number;
    lastEventAt: number;
    progressSummary?: string;
    terminalSummary?: string;
    error?: string;
  }): unknown;
  setDetachedTaskDeliveryStatusByRunId(delivery: {
    runId: string;
    deliveryStatus: "pending" | "delivered" | "failed";
  }): unknown;
}

export async function loadHostTasks(): Promise<HostTasks> {
  return await import("openclaw/plugin-sdk/agent-harness-task-runtime");
}
