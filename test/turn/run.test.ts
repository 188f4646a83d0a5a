import { expect, it } from "vitest";
import { resolveClocks } from "../../src/clocks.ts";
import type { AppServer } from "../../src/server/app-server.ts";
import { ThreadRouter } from "../../src/thread/router.ts";
import { runTurn } from "../../src/turn/run.ts";

/* With a FAKE server that answers nothing at all: what a real one cannot be made to do on command. */
const mute = {
  closed: new Promise(() => undefined),
  isClosed: false,
  call: () => new Promise(() => undefined),
  onEvent: () => undefined,
  onRequest: () => undefined,
} as unknown as AppServer;

const turn = (extra: { signal?: AbortSignal; budgetMs?: number }) => {
  const retired: string[] = [];
  const state = runTurn({
    server: mute,
    router: new ThreadRouter(mute, () => undefined),
    threadId: "T",
    start: () => new Promise(() => undefined),
    onEffect: () => undefined,
    onEffectError: () => undefined,
    onRequest: () => undefined,
    onRetire: (error) => void retired.push(error.code),
    clocks: resolveClocks({ interruptGraceMs: 30 }),
    budget: { clock: "run_budget", ms: extra.budgetMs ?? 10_000 },
    ...(extra.signal ? { signal: extra.signal } : {}),
  });
  return { state, retired };
};

it("ends by its clocks although not even its start is answered", async () => {
  const { state, retired } = turn({ budgetMs: 30 });
  expect((await state).outcome).toMatchObject({ kind: "timeout", clock: "run_budget" });
  expect(retired).toEqual(["interrupt_unconfirmed"]);
});

it("ends by an abort although not even its start is answered", async () => {
  const abort = new AbortController();
  const { state, retired } = turn({ signal: abort.signal });
  abort.abort();
  expect((await state).outcome).toEqual({ kind: "interrupted", by: "host", unconfirmed: true });
  expect(retired).toHaveLength(1);
});
