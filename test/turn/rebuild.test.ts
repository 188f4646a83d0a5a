import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { defaultClocks } from "../../src/clocks.ts";
import { createCodexHarness } from "../../src/harness/codex-harness.ts";
import type { AttemptObserver, AttemptResult } from "../../src/harness/types.ts";
import { EmbeddedHost } from "../../src/host/embedded-host.ts";
import { scriptedOverrides } from "../../src/library/scripted.ts";
import type { ServerEvent } from "../../src/protocol/events.ts";
import { answerSafely } from "../../src/requests/table.ts";
import type { Reply } from "../../src/scripted-model/script.ts";
import type { ModelRequest, ScriptedModel } from "../../src/scripted-model/server.ts";
import { startScriptedModel } from "../../src/scripted-model/server.ts";
import { type AppServer, type AppServerOptions, startAppServer } from "../../src/server/app-server.ts";
import { readTurnRecord } from "../../src/thread/history.ts";
import { ThreadRouter } from "../../src/thread/router.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";
import { projectFailure, projectItem, projectTurn } from "../../src/transcript/project.ts";
import { reduce } from "../../src/turn/reduce.ts";
import { runTurn } from "../../src/turn/run.ts";
import { type HostEffect, initialTurnState, isControl, type TurnEvent } from "../../src/turn/state.ts";
import { testFolder } from "../support/home.ts";
import { scriptedThread } from "../support/scripted-thread.ts";

/* One turn, three ways to its transcript: as it happened, from the server's own record, from what the server sent. */

const folder = testFolder("rebuild");
let model: ScriptedModel;
let reply: (request: ModelRequest) => Reply | Promise<Reply>;
let options: AppServerOptions;

beforeAll(async () => {
  model = await startScriptedModel({ script: (request) => reply(request) });
  options = {
    codexHome: path.join(folder.path, "home"),
    // Codex has no `update_plan` tool without the setting, and a plan is what its record leaves out.
    configOverrides: [...scriptedOverrides(model.url), "tools.update_plan.enabled=true"],
    env: { HOME: folder.path },
  };
});
afterAll(async () => {
  await model.close();
  folder.remove();
});

const answer = (text: string) => ({ say: text, phase: "final_answer" as const, chunkChars: 3 });
const rich = ({ step }: ModelRequest): Reply =>
  [
    [
      { think: "**Plan** first" },
      { say: "Working on it.", phase: "commentary" as const },
      { shell: "echo out; echo err >&2" },
    ],
    [{ shell: "exit 3" }],
    [{ shell: "echo 'it''s quoted' \"$HOME\"" }],
    [{ patch: "*** Begin Patch\n*** Add File: made.txt\n+content\n*** End Patch" }],
    [{ say: "Nearly there.", phase: "commentary" as const }, { patch: "*** Begin Patch\nnonsense\n*** End Patch" }],
    [answer("All dönë. 👩‍🚀\n\n```\ncode\n```")],
  ][step] ?? [];
const planned = ({ step }: ModelRequest): Reply =>
  step === 0 ? [{ plan: [{ step: "look", status: "completed" as const }] }] : [answer("Planned.")];
const failing = ({ step }: ModelRequest): Reply =>
  step === 0
    ? [{ say: "One moment.", phase: "commentary" as const }, { shell: "echo before" }]
    : { status: 429, body: { error: { message: "slow down", code: "rate_limit_exceeded" } } };

const settings = {
  cwd: folder.path,
  ...scriptedThread,
};

/** Runs a turn as a host does, and then looks it up with another server: nothing of the first one's memory helps. */
async function liveAndRecorded(
  name: string,
  extra: { observer?: AttemptObserver; signal?: AbortSignal } = {},
): Promise<{ live: TranscriptEntry[]; recorded: TranscriptEntry[] }> {
  const harness = createCodexHarness({ stateDir: path.join(folder.path, name), server: options });
  const host = new EmbeddedHost({ stateDir: path.join(folder.path, name), harnesses: [harness] });
  let result: AttemptResult;
  try {
    result = await host.runTurn({ sessionKey: name, prompt: "do things", ...settings, ...extra });
    expect(await host.transcript(name)).toStrictEqual(result.entries);
  } finally {
    await host.dispose();
  }
  const live = [...result.entries];
  const server = await startAppServer(options);
  try {
    const { turn } = await readTurnRecord(server, result.thread.id, live[0]!.turnId, 10_000);
    return { live, recorded: projectTurn(result.thread.id, turn!) };
  } finally {
    await server.stop();
  }
}

/** What a host would be shown by these effects, as rows of its transcript. */
function rows(threadId: string, turnId: string, effects: readonly HostEffect[]): TranscriptEntry[] {
  const scope = { threadId, turnId };
  return effects.flatMap((effect) => {
    if (effect.type === "item") return projectItem(scope, effect.item, effect.incomplete) ?? [];
    if (effect.type === "settled" && "error" in effect.outcome)
      return projectFailure(scope, effect.outcome.error.message);
    return [];
  });
}

interface Recording {
  readonly threadId: string;
  readonly turnId: string;
  readonly events: readonly ServerEvent[];
  readonly live: readonly HostEffect[];
}

/** Runs a turn below the harness and keeps every event of it, as a recording of the wire would. */
async function record(): Promise<Recording> {
  const server = await startAppServer(options);
  try {
    const events: ServerEvent[] = [];
    const live: HostEffect[] = [];
    const router = new ThreadRouter(overhearing(server, events), (request) => answerSafely(request, "test"));
    const params = { ...settings, ephemeral: false };
    const { thread } = (await server.request("thread/start", params)) as { thread: { id: string } };
    const state = await runTurn({
      server,
      router,
      threadId: thread.id,
      start: async () => {
        const input = [{ type: "text", text: "do things" }] as const;
        const { turn } = await server.call("turn/start", { threadId: thread.id, input });
        return { turnId: turn.id };
      },
      onEffect: (effect) => void live.push(effect),
      onEffectError: (thrown) => {
        throw thrown;
      },
      onRequest: (request) => answerSafely(request, "test"),
      onRetire: (thrown) => {
        throw thrown;
      },
      clocks: defaultClocks,
      budget: { clock: "run_budget", ms: 60_000 },
    });
    return { threadId: thread.id, turnId: state.turnId!, events, live };
  } finally {
    await server.stop();
  }
}

function overhearing(server: AppServer, events: ServerEvent[]): AppServer {
  const onEvent: AppServer["onEvent"] = (listener) =>
    server.onEvent((event) => {
      events.push(event);
      return listener(event);
    });
  return new Proxy(server, { get: (target, key) => (key === "onEvent" ? onEvent : Reflect.get(target, key)) });
}

function replay(threadId: string, events: readonly TurnEvent[]): HostEffect[] {
  let state = initialTurnState(threadId);
  const effects: HostEffect[] = [];
  for (const event of events) {
    const reduction = reduce(state, event);
    state = reduction.state;
    effects.push(...reduction.effects.filter((effect): effect is HostEffect => !isControl(effect)));
  }
  return effects;
}

describe("a transcript", () => {
  it("is the same live and rebuilt from the server's record", async () => {
    reply = rich;
    const { live, recorded } = await liveAndRecorded("rich");
    expect(live.map(({ kind, tool }) => (tool ? `${tool.name} ${tool.status}` : kind))).toEqual([
      "user",
      "reasoning",
      "assistant",
      "exec completed",
      "exec failed",
      "exec completed",
      "apply_patch completed",
      "assistant",
      "assistant",
    ]);
    expect(recorded).toStrictEqual(live);
  });

  it("is the same for a turn that its model failed, error included", async () => {
    reply = failing;
    const { live, recorded } = await liveAndRecorded("failing");
    expect(live.map(({ kind }) => kind)).toEqual(["user", "assistant", "tool", "error"]);
    expect(recorded).toStrictEqual(live);
  });

  // Plan updates are notifications, not items: the server keeps none of them, so only the live side can know.
  it("has the plan only live: the record cannot tell it", async () => {
    reply = planned;
    const { live, recorded } = await liveAndRecorded("planned");
    expect(live.map(({ kind }) => kind)).toEqual(["user", "assistant", "plan"]);
    expect(recorded).toStrictEqual(live.filter(({ kind }) => kind !== "plan"));
  });

  // Calls of one request run side by side: both sides list them as they end.
  it("lists parallel commands in the same order live and rebuilt", async () => {
    reply = ({ step }) => (step === 0 ? [{ shell: "sleep 0.5; echo slow" }, { shell: "echo fast" }] : [answer("x")]);
    const { live, recorded } = await liveAndRecorded("parallel");
    expect(live.map(({ tool }) => tool?.output)).toEqual([undefined, "fast\n", "slow\n", undefined]);
    expect(recorded).toStrictEqual(live);
  });

  // Codex forgets a message that was cut off; a user has seen its beginning, so the live side keeps that.
  it("has the words of an interrupted message only live", async () => {
    reply = () => [{ think: "hm" }, { say: "a long story ".repeat(50), chunkChars: 2, delayMs: 20 }, { stall: true }];
    const abort = new AbortController();
    const observer: AttemptObserver = { onPartialReply: ({ text }) => (text.length > 4 ? abort.abort() : undefined) };
    const { live, recorded } = await liveAndRecorded("interrupted", { observer, signal: abort.signal });
    expect(live.map(({ kind, incomplete }) => [kind, incomplete ?? false])).toEqual([
      ["user", false],
      ["reasoning", false],
      ["assistant", true],
    ]);
    expect(recorded).toStrictEqual(live.filter(({ incomplete }) => !incomplete));
  });

  it.each([
    ["rich", rich],
    ["planned", planned],
    ["failing", failing],
  ])("is the same when what the server sent is played again: %s", async (_, script) => {
    reply = script;
    const { threadId, turnId, events, live } = await record();
    const shown = rows(threadId, turnId, live);
    const accepted: TurnEvent = { type: "start.accepted", turnId };
    const again = replay(threadId, [accepted, ...events]);
    expect(rows(threadId, turnId, again)).toStrictEqual(shown);
    // However the response and the first events overtake each other.
    expect(rows(threadId, turnId, replay(threadId, [...events, accepted]))).toStrictEqual(shown);
    expect(shown.length).toBeGreaterThan(2);
    const server = await startAppServer(options);
    try {
      const { turn } = await readTurnRecord(server, threadId, turnId, 10_000);
      expect(projectTurn(threadId, turn!)).toStrictEqual(shown.filter(({ kind }) => kind !== "plan"));
    } finally {
      await server.stop();
    }
  });
});
