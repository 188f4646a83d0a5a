/*
 * The package's public surface: turns without OpenClaw (`createEmbeddedHost`), a harness for a host of one's own
 * (`createHarness`), an app-server to talk to (`connectAppServer`), and recordings (`record`, `replay`, `prove`).
 *
 * Everything that can be foreseen to fail throws a BridgeError with a code, a message and mostly a remedy; docs/errors.md
 * lists the codes. What happens to a turn once it has begun is no error but its result. Times are milliseconds
 * (`…Ms`), sizes bytes (`…Bytes`).
 */
export type { Clocks } from "./clocks.ts";
export { BridgeError } from "./errors.ts";
export {
  type CodexHarness,
  type CodexHarnessOptions,
  createCodexHarness as createHarness,
} from "./harness/codex-harness.ts";
export type { Login } from "./harness/login.ts";
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
export type { HostTurnResult } from "./host/embedded-host.ts";
export { type CodexHost, type CodexHostOptions, type CodexTurn, createEmbeddedHost } from "./library/embedded-host.ts";
export { type Proof, type ProofOptions, prove } from "./library/prove.ts";
export { type ReplayOptions, type ReplayReport, replay } from "./library/replay.ts";
export type { ToolDefinition } from "./protocol/params.ts";
export { recordTurns, type TurnRecordingOptions } from "./replay/record/record-turns.ts";
export { type Recording, type RecordingOptions, recordTo as record } from "./replay/record/recorder.ts";
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
export type { Script } from "./scripted-model/script.ts";
export { type AppServer, type AppServerOptions, startAppServer as connectAppServer } from "./server/app-server.ts";
export type { Endpoint } from "./server/transport/endpoint.ts";
export type { PriorMessage } from "./thread/projection.ts";
export type { TranscriptEntry, TranscriptSink } from "./transcript/entry.ts";
export type { TurnOutcome } from "./turn/outcome.ts";
export type { TurnControl } from "./turn/run.ts";
