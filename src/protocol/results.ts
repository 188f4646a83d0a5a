import { z } from "zod";
import { turnShape } from "./shapes.ts";

/* What the bridge reads of the answers to its requests: only these fields, and loosely. */

/** For answers of which only the arrival counts. */
export const doneResult = z.unknown();

export const initializeResult = z.looseObject({
  userAgent: z.unknown().optional(),
  codexHome: z.string().nullish(),
});

export const threadResult = z.looseObject({
  thread: z.looseObject({
    id: z.string(),
    path: z.string().nullish(),
    status: z.looseObject({ type: z.string() }).nullish(),
  }),
  model: z.string().nullish(),
  modelProvider: z.string().nullish(),
  approvalPolicy: z.unknown().optional(),
  sandbox: z.looseObject({ type: z.string() }).nullish(),
});

export const turnResult = z.looseObject({ turn: turnShape });

/** `thread/read` without its turns: what the thread is doing now. */
export const threadStatusResult = z.looseObject({
  thread: z.looseObject({ status: z.looseObject({ type: z.string() }) }),
});

export const threadListResult = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string().nullish(),
      path: z.string().nullish(),
      cwd: z.string().nullish(),
    }),
  ),
  nextCursor: z.string().nullish(),
});

/** `thread/turns/list`: newest first. */
export const turnsListResult = z.looseObject({ data: z.array(turnShape) });

export const loginResult = z.looseObject({ type: z.string() });

export const accountResult = z.looseObject({
  account: z.looseObject({ type: z.string(), email: z.string().nullish(), planType: z.string().nullish() }).nullish(),
});

export const limitWindow = z
  .looseObject({
    usedPercent: z.number(),
    windowDurationMins: z.number().nullish(),
    resetsAt: z.number().nullish(),
  })
  .nullish();
const limitSnapshot = z.looseObject({
  limitName: z.string().nullish(),
  primary: limitWindow,
  secondary: limitWindow,
  planType: z.string().nullish(),
});
export const limitsResult = z.looseObject({
  rateLimits: limitSnapshot,
  rateLimitsByLimitId: z.record(z.string(), limitSnapshot).nullish(),
});

export const modelListResult = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      model: z.string().nullish(),
      displayName: z.string().nullish(),
      hidden: z.boolean().nullish(),
      isDefault: z.boolean().nullish(),
      supportedReasoningEfforts: z.array(z.looseObject({ reasoningEffort: z.string() })).nullish(),
      inputModalities: z.array(z.string()).nullish(),
    }),
  ),
  nextCursor: z.string().nullish(),
});

/** `config/read`: what Codex's own configuration says, of which only the names of its MCP servers count. */
export const configResult = z.looseObject({
  config: z.looseObject({ mcp_servers: z.record(z.string(), z.unknown()).nullish() }),
});

export const mcpServersResult = z.looseObject({
  data: z.array(
    z.looseObject({
      name: z.string(),
      tools: z
        .record(
          z.string(),
          z.looseObject({
            name: z.string().nullish(),
            title: z.string().nullish(),
            description: z.string().nullish(),
            inputSchema: z.looseObject({}).nullish(),
          }),
        )
        .nullish(),
      toolsError: z.string().nullish(),
    }),
  ),
  nextCursor: z.string().nullish(),
});
