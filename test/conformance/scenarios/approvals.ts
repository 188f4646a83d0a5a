import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { HostTurnResult } from "../../../src/host/embedded-host.ts";
import type { ApprovalAsk, ApprovalDecision } from "../../../src/requests/types.ts";
import type { DocumentPart } from "../../../src/scripted-model/script.ts";
import type { ConformanceHost } from "../host.ts";
import type { Scenario } from "../scenario.ts";
import { playing, told } from "../scripts.ts";

/** What Codex asks about, and how the model makes it. */
interface Subject {
  readonly id: "command" | "file";
  readonly words: string;
  readonly kind: ApprovalAsk["kind"];
  /** Writes `file`; the same thing every time, as far as Codex tells things apart. */
  part(file: string): DocumentPart;
}

const subjects: readonly Subject[] = [
  {
    id: "command",
    words: "a command",
    kind: "command",
    part: (file) => ({ shell: `touch ${file} && echo ran >> ${file}` }),
  },
  {
    id: "file",
    words: "a file change",
    kind: "file_change",
    part: (file) => {
      const name = path.basename(file);
      const hunk = existsSync(file) ? `*** Update File: ${name}\n@@\n ran\n+ran` : `*** Add File: ${name}\n+ran`;
      return { patch: `*** Begin Patch\n${hunk}\n*** End Patch` };
    },
  },
];

interface Asked {
  readonly result: HostTurnResult;
  readonly asks: readonly ApprovalAsk[];
  readonly told: readonly string[];
}

/** A turn in which the model does what has to be approved. */
async function ask(
  host: ConformanceHost,
  session: string,
  subject: Subject,
  decision: ApprovalDecision,
): Promise<Asked> {
  const asks: ApprovalAsk[] = [];
  const played = playing(host, [subject.part(fileOf(host, session))]);
  const result = await host.turn(session, "do it", {
    approvalPolicy: "untrusted",
    sandbox: "danger-full-access",
    approve: async (asked) => {
      asks.push(asked);
      return decision;
    },
  });
  return { result, asks, told: told(played) };
}

const fileOf = (host: ConformanceHost, session: string): string => path.join(host.folder, `${session}.txt`);
const written = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
const statuses = ({ entries }: HostTurnResult) => entries.flatMap(({ tool }) => (tool ? [tool.status] : []));

const outcomes: readonly {
  readonly decision: ApprovalDecision;
  readonly id: string;
  readonly words: string;
  check(host: ConformanceHost, session: string, subject: Subject): Promise<void>;
}[] = [
  {
    decision: "accept",
    id: "accept",
    words: "allowed once: done, and asked again the next time",
    async check(host, session, subject) {
      const first = await ask(host, session, subject, "accept");
      assert.deepEqual(first.result.outcome, { kind: "completed" });
      assert.deepEqual(
        first.asks.map(({ kind }) => kind),
        [subject.kind],
      );
      assert.match(first.asks[0]!.detail, new RegExp(session));
      assert.deepEqual(statuses(first.result), ["completed"]);
      const second = await ask(host, session, subject, "accept");
      assert.equal(second.asks.length, 1);
      assert.equal(written(fileOf(host, session)), "ran\nran\n");
    },
  },
  {
    decision: "accept_session",
    id: "session",
    words: "allowed for the session: not asked again",
    async check(host, session, subject) {
      assert.equal((await ask(host, session, subject, "accept_session")).asks.length, 1);
      const second = await ask(host, session, subject, "decline");
      assert.equal(second.asks.length, 0);
      assert.ok(second.result.ok);
      assert.equal(written(fileOf(host, session)), "ran\nran\n");
    },
  },
  {
    decision: "decline",
    id: "decline",
    words: "declined: not done, the model is told, the turn goes on",
    async check(host, session, subject) {
      const { result, asks, told: words } = await ask(host, session, subject, "decline");
      assert.deepEqual(result.outcome, { kind: "completed" });
      assert.equal(asks.length, 1);
      assert.match(words.join("\n"), /reject/);
      assert.deepEqual(statuses(result), ["declined"]);
      assert.equal(written(fileOf(host, session)), "");
    },
  },
  {
    decision: "cancel",
    id: "cancel",
    words: "cancelled: not done, the turn ends, the next one works",
    async check(host, session, subject) {
      const { result, asks } = await ask(host, session, subject, "cancel");
      assert.equal(result.outcome.kind, "interrupted");
      assert.equal(asks.length, 1);
      assert.equal(written(fileOf(host, session)), "");
      playing(host);
      assert.equal((await host.turn(session, "go on")).text, "done");
    },
  },
];

export const approvals: readonly Scenario[] = [
  ...subjects.flatMap((subject) =>
    outcomes.map(
      ({ id, words, check }): Scenario => ({
        id: `approve-${subject.id}-${id}`,
        title: `approval of ${subject.words}, ${words}`,
        run: ({ host, session }) => check(host, session, subject),
      }),
    ),
  ),
  {
    id: "approve-escalation",
    title: "a command that has to leave the sandbox is asked for with its reason, and then works",
    async run({ host, session }) {
      const file = fileOf(host, session);
      const asks: ApprovalAsk[] = [];
      playing(host, [{ shell: `echo ran > ${file}`, escalate: "it has to be written" }]);
      const result = await host.turn(session, "write it", {
        approvalPolicy: "on-request",
        sandbox: "read-only",
        approve: async (asked) => {
          asks.push(asked);
          return "accept";
        },
      });
      assert.ok(result.ok);
      assert.deepEqual(
        asks.map(({ kind, reason }) => [kind, reason]),
        [["command", "it has to be written"]],
      );
      assert.equal(written(file), "ran\n");
    },
  },
  {
    id: "sandbox",
    title: "a command the sandbox forbids does nothing, and the model is told",
    async run({ host, session }) {
      const file = fileOf(host, session);
      const played = playing(host, [{ shell: `echo ran > ${file} || exit 7` }]);
      const result = await host.turn(session, "write it", { approvalPolicy: "never", sandbox: "read-only" });
      assert.ok(result.ok);
      assert.equal(written(file), "");
      assert.doesNotMatch(told(played).join("\n"), /exited with code 0/);
    },
  },
];
