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
