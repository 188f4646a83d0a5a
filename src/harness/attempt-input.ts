import type { InputPart, TurnStartParams } from "../protocol/params.ts";
import type { OpenedThread } from "../thread/open.ts";
import type { LiveServer } from "./server-slot.ts";
import type { Attempt, TurnContext } from "./types.ts";

/** The service tier each thread was last told, by connection. */
const tiers = new WeakMap<LiveServer, Map<string, "fast" | null>>();

/** What `turn/start` is told. */
export function turnStart(attempt: Attempt, live: LiveServer, thread: OpenedThread): TurnStartParams {
  const context = attempt.context ?? [];
  const apart = live.server.facts.supports("turn/start.additionalContext");
  return {
    threadId: thread.id,
    input: input(attempt, apart ? [] : context),
    ...thread.overrides,
    ...(apart && context.length > 0 ? { additionalContext: additional(context) } : {}),
    ...tierChange(attempt, live, thread),
    // Not every release keeps it for the next turn.
    ...(attempt.nativeExecution === "off" ? { environments: [] as const } : {}),
  };
}

/** The prompt comes first: it is what lists of threads show. */
function input({ prompt, images = [] }: Attempt, context: readonly TurnContext[]): InputPart[] {
  return [
    ...(prompt === "" ? [] : [{ type: "text" as const, text: prompt }]),
    ...context.map((piece) => ({ type: "text" as const, text: quoted(piece) })),
    ...images.map((url) => ({ type: "image" as const, url })),
  ];
}

/** What a turn knows besides its prompt, as `turn/start` has it. */
export function additional(context: readonly TurnContext[]): NonNullable<TurnStartParams["additionalContext"]> {
  return Object.fromEntries(
    context.map(({ key, text, source }) => [
      key,
      { kind: source === "host" ? ("application" as const) : ("untrusted" as const), value: text },
    ]),
  );
}

/** In the same shape as releases that know additional context give it to the model. */
function quoted({ key, text, source }: TurnContext): string {
  const tag = source === "host" ? key : `external_${key}`;
  return `<${tag}>${text.replaceAll(`</${tag}`, `<\\/${tag}`)}</${tag}>`;
}

/**
 * Said only when it is not what the thread was told last. A thread that this server has not been told about may have any
 * tier: who cares says which.
 */
function tierChange(attempt: Attempt, live: LiveServer, thread: OpenedThread): Pick<TurnStartParams, "serviceTier"> {
  const told = tiers.get(live) ?? new Map<string, "fast" | null>();
  tiers.set(live, told);
  const wanted = attempt.serviceTier ?? null;
  const unknown = thread.resumed && attempt.serviceTier === null ? undefined : null;
  const before = told.has(thread.id) ? told.get(thread.id) : unknown;
  if (wanted === before) return {};
  told.set(thread.id, wanted);
  return { serviceTier: wanted };
}
