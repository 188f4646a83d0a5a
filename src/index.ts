/* The package's public surface: run turns without OpenClaw, or bring your own host to the harness. */
export { BridgeError } from "./errors.ts";
export { type CodexHarnessOptions, createCodexHarness } from "./harness/codex-harness.ts";
export { approvalModes } from "./harness/modes.ts";
export type { HarnessRecorder } from "./harness/recorder.ts";
export type {
  Attempt,
  AttemptObserver,
  AttemptResult,
  Harness,
  PreparedReset,
  SessionRef,
} from "./harness/types.ts";
export { EmbeddedHost, type EmbeddedHostOptions, type HostTurn, type HostTurnResult } from "./host/embedded-host.ts";
export type { ToolDefinition } from "./protocol/params.ts";
export { recordTurns, type TurnRecordingOptions } from "./replay/record/record-turns.ts";
export { type Recording, type RecordingOptions, recordTo } from "./replay/record/recorder.ts";
export type { RecordingOutcome } from "./replay/record/writer.ts";
export type {
  ApprovalAsk,
  ApprovalDecision,
  FormAnswer,
  FormAsk,
  HostTool,
  QuestionAsk,
  RequestHandlers,
  ToolCall,
  ToolHooks,
  ToolResult,
} from "./requests/types.ts";
export { type AppServer, type AppServerOptions, startAppServer } from "./server/app-server.ts";
export type { PriorMessage } from "./thread/projection.ts";
export type { TranscriptEntry, TranscriptSink } from "./transcript/entry.ts";
export type { TurnOutcome } from "./turn/outcome.ts";
export type { TurnControl } from "./turn/run.ts";
