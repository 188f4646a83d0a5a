import type { Scenario } from "../scenario.ts";
import * as accounts from "./accounts.ts";
import * as answers from "./answers.ts";
import * as commands from "./commands.ts";
import * as failures from "./failures.ts";
import * as gateway from "./gateway.ts";
import * as limits from "./limits.ts";
import * as mcp from "./mcp.ts";
import * as people from "./people.ts";
import * as policy from "./policy.ts";
import * as recordings from "./recordings.ts";
import * as sessions from "./sessions.ts";
import * as strict from "./strict.ts";
import * as subAgents from "./sub-agents.ts";
import * as tools from "./tools.ts";
import * as trajectories from "./trajectory.ts";

/** Every scenario, in the order they are run: those that start the gateway anew come last. */
export const scenarios: readonly Scenario[] = [
  answers.textTurn,
  answers.conversation,
  answers.streaming,
  answers.reasoning,
  answers.commentary,
  tools.nativeShell,
  tools.failingShell,
  tools.fileEdit,
  tools.hostTool,
  tools.hostToolFails,
  tools.parallelTools,
  people.approvalAllowed,
  people.approvalDenied,
  people.question,
  people.steering,
  people.followup,
  people.abort,
  policy.permissionChange,
  sessions.image,
  sessions.twoSessions,
  sessions.newSession,
  sessions.newCommand,
  sessions.compact,
  sessions.fork,
  sessions.deletion,
  sessions.btw,
  sessions.modelList,
  sessions.usage,
  sessions.overhead,
  commands.chatCommand,
  subAgents.subAgent,
  subAgents.lateSubAgent,
  trajectories.trajectory,
  failures.modelDies,
  failures.restart,
  failures.lostThread,
  failures.crash,
  tools.toolDenied,
  mcp.mcpAllowed,
  mcp.mcpRestricted,
  accounts.userHome,
  accounts.subscription,
  recordings.recording,
  gateway.gatewayModel,
  policy.legacyRefs,
  policy.hostSandbox,
  strict.strictNoPlugin,
  strict.strictNoBinary,
  strict.strictTooOld,
  strict.strictThrowsBefore,
  strict.strictThrowsAfter,
  strict.strictRemoved,
  // Last: a host remembers a limit for a while.
  limits.modelFallback,
  limits.rateLimit,
  limits.usageLimit,
];
