import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HostTurn } from "../../src/host/embedded-host.ts";
import type { ApprovalDecision } from "../../src/requests/types.ts";
import { killServers } from "../harness/fixture.ts";
import {
  kinds,
  made,
  openAskingHost,
  type Person,
  playing,
  type TestHost,
  watchAnswers,
  watchQuestions,
} from "./support.ts";

let bridge: TestHost;
let wire: ReturnType<typeof watchAnswers>;
beforeAll(async () => {
  bridge = await openAskingHost("matrix");
});
afterAll(() => bridge.close());
beforeEach(() => {
  wire = watchAnswers();
});
afterEach(() => wire.stop());

const soon = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const fileOf = (session: string) => path.join(bridge.folder, `${session.replaceAll(/\W/g, "-")}.txt`);

/** What a person does with a request, and what has to come of it. */
interface Scenario {
  readonly name: string;
  person(pending: Promise<boolean>, abort: AbortController): Promise<boolean>;
  readonly clocks?: { toolMs?: number; approvalMs?: number };
  /** Of which sort the model's next reading is; absent: it reads nothing, because the turn ends. */
  readonly told?: "yes" | "no" | "failed" | "late";
  readonly outcome: object;
  readonly answers: 0 | 1;
}

const scenarios: readonly Scenario[] = [
  { name: "accepted", person: async () => true, told: "yes", outcome: { kind: "completed" }, answers: 1 },
  { name: "refused", person: async () => false, told: "no", outcome: { kind: "completed" }, answers: 1 },
  {
    name: "thrown at",
    person: () => Promise.reject(new Error("the person threw")),
    told: "failed",
    outcome: { kind: "completed" },
    answers: 1,
  },
  {
    name: "left alone until its deadline",
    person: (pending) => pending,
    clocks: { toolMs: 300, approvalMs: 300 },
    told: "late",
    outcome: { kind: "completed" },
    answers: 1,
  },
  {
    name: "pending when the turn is aborted",
    person: (pending, abort) => {
      setTimeout(() => abort.abort(), 50);
      return pending;
    },
    outcome: { kind: "interrupted", by: "host" },
    answers: 1,
  },
  {
    name: "pending when the server is killed",
    person: (pending) => {
      setTimeout(killServers, 50);
      return pending;
    },
    outcome: { kind: "server_exit" },
    answers: 0,
  },
];

const cases = kinds.flatMap((kind) =>
  scenarios.map((scenario): [string, string, typeof kind, Scenario] => [kind.name, scenario.name, kind, scenario]),
);

describe("every request is answered once, and nothing is stuck", () => {
  it.each(cases)("%s: %s", async (_kind, _scenario, kind, scenario) => {
    const session = `${kind.name} ${scenario.name}`;
    const file = fileOf(session);
    const told = playing(bridge, "go", [kind.part(file)]);
    const abort = new AbortController();
    const late = Promise.withResolvers<boolean>();
    const signals: AbortSignal[] = [];
    const person: Person = (signal) => {
      signals.push(signal);
      return scenario.person(late.promise, abort);
    };
    const settings = { approvalPolicy: "untrusted" as const, ...kind.handlers(person) };
    const startedAt = Date.now();
    const result = await bridge.turn(session, "go", {
      ...settings,
      signal: abort.signal,
      ...(scenario.clocks ? { clocks: scenario.clocks } : {}),
    });
    // Nothing of this takes its time from a deadline of seconds: whoever waits for one is stuck. (A start takes some.)
    expect(Date.now() - startedAt).toBeLessThan(9000);
    expect(result.outcome).toMatchObject(scenario.outcome);
    expect(signals).toHaveLength(1);
    // Whoever is still being asked learns that it is pointless; nobody else is disturbed.
    expect(signals[0]!.aborted).toBe(scenario.told === "late" || scenario.told === undefined);

    const words = { yes: kind.yes, no: kind.no, failed: kind.failed ?? kind.no, late: kind.late ?? kind.no };
    if (scenario.told === undefined) expect(told.texts).toEqual([]);
    else expect(told.texts).toEqual([[expect.stringMatching(words[scenario.told])]]);
    await expect.poll(() => wire.ids).toHaveLength(scenario.answers);

    // An answer that comes too late is no answer.
    late.resolve(true);
    await soon(30);
    expect(made(file)).toBe(kind.makesFile && scenario.told === "yes");
    expect(wire.ids).toHaveLength(scenario.answers);

    const tools = result.entries.filter((entry) => entry.kind === "tool").map((entry) => entry.tool?.status);
    if (kind.noStatus === undefined) expect(tools).toEqual([]);
    else if (scenario.told === "yes") expect(tools).toEqual(["completed"]);
    else if (scenario.told !== undefined) expect(tools).toEqual([kind.noStatus]);
    // Whether Codex completes the item of an interrupted call, and as what, differs from kind to kind.
    else
      expect(tools).toEqual([expect.stringMatching(scenario.answers === 0 ? /^incomplete$/ : /^(incomplete|failed)$/)]);

    expect(await bridge.turn(session, "and now?", settings)).toMatchObject({ ok: true, text: "fine" });
    expect(signals).toHaveLength(1);
    // However it went, the conversation goes on with one call and one word on what became of it.
    expect(told.history).toEqual({ calls: 1, outputs: 1 });
  });
});

/** A command that waits for a person; what the person says comes from outside. */
function waitingCommand(session: string, approve: NonNullable<HostTurn["approve"]>, file = fileOf(session)) {
  const told = playing(bridge, "go", [{ shell: `touch ${file} && echo ran >> ${file}` }]);
  const run = () => bridge.turn(session, "go", { approvalPolicy: "untrusted", approve });
  return { told, run, ran: () => (made(file) ? readFileSync(file, "utf8") : "") };
}

describe("a person's word", () => {
  it("counts once: a second one, while the turn runs or after it, changes nothing", async () => {
    let say: (decision: ApprovalDecision) => void = () => undefined;
    const { told, run, ran } = waitingCommand("twice", () => {
      const answer = Promise.withResolvers<ApprovalDecision>();
      say = answer.resolve;
      setTimeout(() => {
        answer.resolve("decline");
        answer.resolve("accept_session");
      }, 20);
      return answer.promise;
    });
    expect((await run()).ok).toBe(true);
    say("accept_session");
    expect(told.texts).toEqual([[expect.stringContaining("rejected")]]);
    // Had the second word been heard, this would be allowed without a question.
    expect((await run()).ok).toBe(true);
    expect([ran(), wire.ids.length]).toEqual(["", 2]);
  });

  it("that was allowed for the session is asked for once, in this session, also of a server that came later", async () => {
    let asked = 0;
    const approve = async (): Promise<ApprovalDecision> => {
      asked += 1;
      return "accept_session";
    };
    const { run, ran } = waitingCommand("remembered", approve);
    await run();
    await run();
    expect([asked, ran()]).toEqual([1, "ran\nran\n"]);
    // Codex remembers it, too; a new one does not.
    killServers();
    expect((await run()).ok).toBe(true);
    expect([asked, ran()]).toEqual([1, "ran\nran\nran\n"]);
    // The very same command, so that only the session tells them apart.
    expect((await waitingCommand("another", approve, fileOf("remembered")).run()).ok).toBe(true);
    expect(asked).toBe(2);
  });

  it("that was a plain yes is asked for again", async () => {
    let asked = 0;
    const { run, ran } = waitingCommand("not remembered", async () => {
      asked += 1;
      return "accept";
    });
    await run();
    await run();
    expect([asked, ran()]).toEqual([2, "ran\nran\n"]);
  });

  it("is not waited for when somebody else gave it", async () => {
    // A new server numbers its requests from 0.
    await bridge.restart();
    const late = Promise.withResolvers<ApprovalDecision>();
    const signals: AbortSignal[] = [];
    const { told, run, ran } = waitingCommand("elsewhere", (_, signal) => {
      signals.push(signal);
      if (signals.length > 1) return Promise.resolve("decline");
      setTimeout(() => wire.send({ id: 0, result: { decision: "decline" } }), 20);
      return late.promise;
    });
    expect((await run()).ok).toBe(true);
    expect(signals[0]?.reason).toMatchObject({ message: "it was answered elsewhere" });
    late.resolve("accept_session");
    await soon(30);
    // A word that nobody waited for any more is not remembered either.
    expect((await run()).ok).toBe(true);
    const no = [expect.stringContaining("rejected")];
    expect([signals.length, told.texts, ran()]).toEqual([2, [no, no], ""]);
  });
});

describe("a request that the server sends again", () => {
  // Resuming a thread, which any part of a client may do, repeats its open requests under the same ids.
  it.each(kinds.map((kind): [string, typeof kind] => [kind.name, kind]))("%s is asked once", async (_, kind) => {
    const session = `again ${kind.name}`;
    const file = fileOf(session);
    const told = playing(bridge, "go", [kind.part(file)]);
    const questions = watchQuestions();
    let threadId = "";
    let asked = 0;
    const person: Person = async () => {
      asked += 1;
      wire.send({ id: "again", method: "thread/resume", params: { threadId } });
      await soon(400);
      return true;
    };
    const result = await bridge.turn(session, "go", {
      approvalPolicy: "untrusted",
      ...kind.handlers(person),
      observer: {
        onThread: ({ id }) => {
          threadId = id;
        },
      },
    });
    questions.stop();
    expect(result.ok).toBe(true);
    expect(asked).toBe(1);
    expect(told.texts).toEqual([[expect.stringMatching(kind.yes)]]);
    // That the second copy came is what makes this a test.
    expect(questions.ids()).toHaveLength(2);
    expect(new Set([...questions.ids(), ...wire.ids]).size).toBe(1);
    expect(wire.ids).toHaveLength(1);
  });
});
