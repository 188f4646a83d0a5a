import type { Scenario } from "./scenario.ts";
import { agents } from "./scenarios/agents.ts";
import { approvals } from "./scenarios/approvals.ts";
import { control } from "./scenarios/control.ts";
import { conversation } from "./scenarios/conversation.ts";
import { failures } from "./scenarios/failures.ts";
import { questions } from "./scenarios/questions.ts";
import { server } from "./scenarios/server.ts";
import { settings } from "./scenarios/settings.ts";
import { threads } from "./scenarios/threads.ts";
import { tools } from "./scenarios/tools.ts";

/** Everything that is tried on every release, in the order it is tried and shown. */
export const scenarios: readonly Scenario[] = [
  ...conversation,
  ...tools,
  ...approvals,
  ...questions,
  ...control,
  ...threads,
  ...settings,
  ...failures,
  ...agents,
  ...server,
];
