import { z } from "zod";
import { type ThreadItem, threadItem } from "./items.ts";

/* Parts that several messages have in common. */

/** Why a turn or model request failed, as the server tells it. `kind` is its codexErrorInfo, whatever shape it had. */
export interface ServerFailure {
  readonly message: string;
  readonly kind: string;
  readonly httpStatus?: number;
}

export interface TurnSummary {
  readonly id: string;
  readonly status: string;
  readonly items: readonly ThreadItem[];
  readonly error?: ServerFailure;
  /** Items that were left out, because they are not as this bridge expects them. */
  readonly unread?: number;
}

export interface TokenCounts {
  readonly totalTokens: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly reasoningOutputTokens: number;
}

/** How much of the account's allowance is used up; times are Unix milliseconds. */
export interface RateLimits {
  readonly windows: readonly { readonly usedPercent: number; readonly resetsAtMs?: number }[];
}

export const failureShape = z
  .looseObject({ message: z.string(), codexErrorInfo: z.unknown().optional() })
  .transform((raw): ServerFailure => ({ message: raw.message, ...failureKind(raw.codexErrorInfo) }));

/** codexErrorInfo is a string or an object with one key; both forms are open-ended. */
function failureKind(info: unknown): { kind: string; httpStatus?: number } {
  if (typeof info === "string") return { kind: info };
  const entry = info !== null && typeof info === "object" ? Object.entries(info)[0] : undefined;
  if (!entry) return { kind: "other" };
  const status: unknown = (entry[1] as { httpStatusCode?: unknown } | null)?.httpStatusCode;
  return typeof status === "number" ? { kind: entry[0], httpStatus: status } : { kind: entry[0] };
}

/** One item that cannot be read costs that item, not the turn it stands in. */
export const itemsShape = z.array(z.unknown()).transform((raw) => {
  const items = raw.flatMap((each) => threadItem.safeParse(each).data ?? []);
  return { items, unread: raw.length - items.length };
});

export const turnShape = z
  .looseObject({
    id: z.string(),
    status: z.string(),
    items: itemsShape.default({ items: [], unread: 0 }),
    error: failureShape.nullish(),
  })
  .transform(
    (raw): TurnSummary => ({
      id: raw.id,
      status: raw.status,
      items: raw.items.items,
      ...(raw.error ? { error: raw.error } : {}),
      ...(raw.items.unread > 0 ? { unread: raw.items.unread } : {}),
    }),
  );

export const countsShape = z.looseObject({
  totalTokens: z.number().default(0),
  inputTokens: z.number().default(0),
  cachedInputTokens: z.number().default(0),
  outputTokens: z.number().default(0),
  reasoningOutputTokens: z.number().default(0),
});

const limitWindow = z.looseObject({ usedPercent: z.number().default(0), resetsAt: z.number().nullish() });
export const limitsShape = z
  .looseObject({ rateLimits: z.looseObject({ primary: limitWindow.nullish(), secondary: limitWindow.nullish() }) })
  .transform(
    ({ rateLimits }): RateLimits => ({
      windows: [rateLimits.primary, rateLimits.secondary].flatMap((window) => {
        if (!window) return [];
        // The server counts in seconds.
        const reset = window.resetsAt ? { resetsAtMs: window.resetsAt * 1000 } : {};
        return [{ usedPercent: window.usedPercent, ...reset }];
      }),
    }),
  );
