/** Exported by the host's package.json, but its declaration file is left out of the npm package (2026.9.6). */
declare module "openclaw/plugin-sdk/agent-harness-task-runtime" {
  type Tasks = import("./sdk-tasks.ts").HostTasks;
  export const createAgentHarnessTaskRuntime: Tasks["createAgentHarnessTaskRuntime"];
  export const deliverAgentHarnessTaskCompletion: Tasks["deliverAgentHarnessTaskCompletion"];
}
