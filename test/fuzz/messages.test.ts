import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import { decodeResult } from "../../src/protocol/decode.ts";
import { decodeNotification, type ServerEvent } from "../../src/protocol/events.ts";
import { type MethodName, methods } from "../../src/protocol/methods.ts";
import { notifications } from "../../src/protocol/notifications.ts";
import { serverRequests } from "../../src/protocol/server-requests.ts";
import { AnswerLog } from "../../src/requests/answer-log.ts";
import { ApprovalMemory } from "../../src/requests/approvals.ts";
import { RequestDesk } from "../../src/requests/desk.ts";
import { toolSet } from "../../src/requests/tool-set.ts";
import { projectItem } from "../../src/transcript/project.ts";
import { reduce } from "../../src/turn/reduce.ts";
import { initialTurnState, type TurnEvent } from "../../src/turn/state.ts";
import { fixtures, linesOf } from "../replay/corpus-fixtures.ts";
import { anyJson, changed, changes, fuzz } from "./campaign.ts";

interface Recorded {
  readonly method: string;
  readonly params: unknown;
}

/** What real servers have said: one of each kind and shape is enough to begin with. */
const said: Recorded[] = [];
const asked: Recorded[] = [];
const answered: { method: MethodName; result: unknown }[] = [];
beforeAll(async () => {
  const kinds = new Set<string>();
  for (const fixture of fixtures.filter((_, index) => index % 9 === 0)) {
    const calls = new Map<unknown, string>();
    for (const { dir, message } of await linesOf(fixture)) {
      const { method, id, params, result } = message as {
        method?: string;
        id?: unknown;
        params?: unknown;
        result?: unknown;
      };
      if (dir === "c2s" && method !== undefined && id !== undefined) calls.set(id, method);
      if (dir !== "s2c") continue;
      const type = (params as { item?: { type?: string } } | undefined)?.item?.type ?? "";
      const kind = `${method ?? calls.get(id)} ${type} ${id !== undefined}`;
      if (kinds.has(kind)) continue;
      kinds.add(kind);
      if (method !== undefined) (id === undefined ? said : asked).push({ method, params });
      else if (calls.has(id) && calls.get(id)! in methods && result !== undefined)
        answered.push({ method: calls.get(id) as MethodName, result });
    }
  }
});

const anyMethod = fc.oneof(
  fc.constantFrom(...Object.keys(notifications), "__proto__", "constructor", "toString", ""),
  fc.string(),
);
const pick = fc.nat(10_000);
const at = <T>(list: readonly T[], n: number): T => list[n % list.length]!;

describe("messages of a server that says what it likes", () => {
  it("began with real ones", () => {
    expect(said.length).toBeGreaterThan(25);
    expect(asked.length).toBeGreaterThan(3);
    expect(answered.length).toBeGreaterThan(5);
    expect(said.map(({ method, params }) => decodeNotification(method, params).type)).not.toContain("unreadable");
  });

  it("are events, every one of them", async () => {
    await fuzz(
      "messages.notifications",
      fc.asyncProperty(anyMethod, anyJson, pick, changes, async (method, params, n, edits) => {
        expect(typeof decodeNotification(method, params).type).toBe("string");
        const real = at(said, n);
        const event = decodeNotification(real.method, changed(real.params, edits));
        expect(event.type).not.toBe("unknown");
        if ("item" in event) projectItem({ threadId: "t", turnId: "u" }, event.item, false);
      }),
    );
  });

  it("are answers, or refused as such", async () => {
    await fuzz(
      "messages.results",
      fc.asyncProperty(pick, changes, anyJson, async (n, edits, whatever) => {
        const { method, result } = at(answered, n);
        for (const value of [changed(result, edits), whatever]) {
          try {
            decodeResult(method, value);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(BridgeError);
            expect(thrown).toMatchObject({ code: "protocol_shape" });
          }
        }
      }),
    );
  });

  it("are requests that get one answer each", async () => {
    const names = fc.constantFrom(...Object.keys(serverRequests), "x/y", "__proto__");
    await fuzz(
      "messages.requests",
      fc.asyncProperty(names, anyJson, pick, changes, async (method, params, n, edits) => {
        const real = at(asked, n);
        for (const each of [
          { method, params },
          { method: real.method, params: changed(real.params, edits) },
        ]) {
          expect(await answersTo(each)).toHaveLength(1);
        }
      }),
    );
  });

  it("leave the reducer on its feet, in any order", async () => {
    const step = fc.tuple(pick, changes, fc.boolean());
    const own = fc.constantFrom<TurnEvent>({ type: "abort" }, { type: "quiet" }, { type: "release", reason: "x" });
    await fuzz(
      "messages.reducer",
      fc.asyncProperty(fc.array(fc.oneof(step, own), { maxLength: 25 }), async (steps) => {
        let state = initialTurnState("T");
        let settled = 0;
        const tell = (event: TurnEvent): void => {
          const next = reduce(state, event);
          state = next.state;
          settled += next.effects.filter(({ type }) => type === "settled").length;
        };
        tell({ type: "start.accepted", turnId: "U" });
        for (const each of steps) tell(Array.isArray(each) ? ours(at(said, each[0]), each[2] ? each[1] : []) : each);
        tell({ type: "server.gone", error: new BridgeError("server_exited", "gone") });
        expect(state.phase).toBe("settled");
        expect(settled).toBe(1);
      }),
    );
  });
});

/** An event of our thread and turn, if it says of which it is. */
function ours({ method, params }: Recorded, edits: Parameters<typeof changed>[1]): ServerEvent {
  const event = decodeNotification(method, changed(params, edits)) as ServerEvent & { turn?: object };
  const turn = event.turn === undefined ? {} : { turn: { ...event.turn, id: "U" } };
  return {
    ...event,
    ...("threadId" in event ? { threadId: "T" } : {}),
    ...("turnId" in event ? { turnId: "U" } : {}),
    ...turn,
  } as ServerEvent;
}

async function answersTo({ method, params }: Recorded): Promise<unknown[]> {
  const answers: unknown[] = [];
  const done = Promise.withResolvers<void>();
  const note = (answer: unknown): boolean => {
    answers.push(answer);
    done.resolve();
    return true;
  };
  const desk = new RequestDesk({
    handlers: {
      approve: async () => "accept",
      answer: async () => ({ a: ["b"] }),
      fillIn: async () => ({ action: "accept", content: {} }),
    },
    tools: toolSet([{ name: "t", description: "", inputSchema: { type: "object" }, execute: () => "x" }], []),
    clocks: { toolMs: 30_000, approvalMs: 30_000 },
    memory: new ApprovalMemory(),
    answers: new AnswerLog(),
    warn: () => undefined,
  });
  desk.take({ id: 1, method, params, respond: note, reject: note, answered: false });
  await done.promise;
  return answers;
}
