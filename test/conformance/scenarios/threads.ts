import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { BindingStore } from "../../../src/thread/store.ts";
import type { ConformanceHost } from "../host.ts";
import type { Scenario } from "../scenario.ts";
import { input, playing } from "../scripts.ts";

const ref = (key: string) => ({ key, id: key });

/** Where Codex itself says a fork ends that was to end at a turn. */
async function lastOfFork(host: ConformanceHost, threadId: string, lastTurnId: string): Promise<string | undefined> {
  const raw = await host.startServer();
  const params = { threadId, lastTurnId, cwd: host.folder };
  const { thread } = (await raw.request("thread/fork", params)) as { thread: { id: string } };
  const listed = await raw.request("thread/turns/list", { threadId: thread.id, limit: 1 });
  await raw.stop();
  return (listed as { data: { id: string }[] }).data[0]?.id;
}

export const threads: readonly Scenario[] = [
  {
    id: "resume",
    title: "a conversation goes on in a new process",
    async run({ openHost, session }) {
      const host = await openHost();
      playing(host, [{ shell: "echo a walnut" }]);
      const first = await host.turn(session, "the secret word is hazelnut");
      await host.restart();
      const played = playing(host);
      const second = await host.turn(session, "what is it?");
      assert.deepEqual(second.thread, { id: first.thread.id, resumed: true });
      for (const word of ["hazelnut", "walnut"]) assert.match(input(played.requests[0]), new RegExp(word));
      assert.deepEqual(
        (await host.host.transcript(session)).map(({ kind }) => kind),
        ["user", "tool", "assistant", "user", "assistant"],
      );
    },
  },
  {
    id: "lost-thread",
    title: "a thread that is gone is replaced: the reason is stated, the history is told",
    async run({ host, session }) {
      playing(host);
      const first = await host.turn(session, "the secret word is hazelnut");
      const store = new BindingStore(path.join(host.folder, "sessions.db"));
      const owner = { agentId: "main", sessionKey: session };
      await store.patch(owner, { threadId: "01a00000-0000-7000-8000-000000000000" });
      await store.close();
      const played = playing(host);
      const second = await host.turn(session, "what is it?");
      assert.ok(second.ok);
      assert.notEqual(second.thread.id, first.thread.id);
      const { rotation } = second.thread;
      assert.match(rotation?.reason ?? "", /Codex has no record of the earlier thread/);
      assert.deepEqual(rotation?.history, { messages: 2, leftOut: 0 });
      assert.match(input(played.requests[0]), /the secret word is hazelnut/);
    },
  },
  {
    id: "lost-record",
    title: "a damaged session record is rebuilt from the names of Codex's threads",
    async run({ openHost, session }) {
      const host = await openHost();
      playing(host);
      const first = await host.turn(session, "hello");
      await host.harness.dispose();
      writeFileSync(path.join(host.folder, "sessions.db"), "damaged ".repeat(100));
      await host.restart();
      const second = await host.turn(session, "again");
      assert.deepEqual(second.thread, { id: first.thread.id, resumed: true });
    },
  },
  {
    id: "reset",
    title: "a reset session starts anew",
    async run({ host, session }) {
      playing(host);
      await host.turn(session, "the secret word is hazelnut");
      await host.harness.reset(ref(session), "a test");
      const played = playing(host);
      const { thread } = await host.turn(session, "what is it?");
      assert.deepEqual([thread.rotation?.reason, thread.rotation?.history], ["a test", "none"]);
      assert.doesNotMatch(input(played.requests[0]), /hazelnut/);
    },
  },
  {
    id: "fork",
    title: "a conversation is forked as a whole, and both go on",
    async run({ host, session }) {
      playing(host);
      const first = await host.turn(session, "first words");
      const fork = await host.harness.fork(ref(session), ref(`${session}-copy`));
      assert.notEqual(fork.threadId, first.thread.id);
      const played = playing(host);
      const copy = await host.turn(`${session}-copy`, "words of the copy");
      assert.deepEqual(copy.thread, { id: fork.threadId, resumed: true });
      assert.match(input(played.requests[0]), /first words/);
      const again = playing(host);
      const original = await host.turn(session, "go on");
      assert.deepEqual(original.thread, { id: first.thread.id, resumed: true });
      assert.doesNotMatch(input(again.requests[0]), /words of the copy/);
      // Both are what they were told to be.
      assert.deepEqual([played.requests[0]?.body.model, again.requests[0]?.body.model], ["gpt-5.5", "gpt-5.5"]);
    },
  },
  {
    id: "fork-at-turn",
    title: "a conversation is forked at a turn",
    async run({ host, session, lacks }) {
      playing(host);
      const first = await host.turn(session, "first words");
      await host.turn(session, "second words");
      const fork = host.harness.fork(ref(session), ref(`${session}-copy`), { lastTurnId: first.turnId });
      if (lacks("thread/fork.lastTurnId")) {
        await assert.rejects(fork, { code: "fork_point_unsupported" });
        assert.notEqual(await lastOfFork(host, first.thread.id, first.turnId), first.turnId, "Codex forks at a turn");
        return;
      }
      const { threadId } = await fork;
      const played = playing(host);
      const copy = await host.turn(`${session}-copy`, "go on");
      assert.deepEqual(copy.thread, { id: threadId, resumed: true });
      assert.match(input(played.requests[0]), /first words/);
      assert.doesNotMatch(input(played.requests[0]), /second words/);
    },
  },
  {
    id: "compact",
    title: "a conversation is compacted and goes on",
    async run({ host, session }) {
      playing(host);
      const first = await host.turn(session, "the beginning");
      host.reply = () => [{ say: "SUMMARY of it all" }];
      assert.equal((await host.harness.compact(ref(session))).compacted, true);
      const played = playing(host);
      const second = await host.turn(session, "go on");
      assert.deepEqual(second.thread, { id: first.thread.id, resumed: true });
      assert.match(input(played.requests[0]), /SUMMARY of it all/);
    },
  },
  {
    id: "across-releases",
    mixesReleases: true,
    title: "a conversation begun on the oldest release goes on here, and then on the newest",
    async run({ openHost, session, releases }) {
      const host = await openHost();
      await host.restart({ command: releases.floor });
      playing(host, [{ shell: "echo a walnut" }]);
      const first = await host.turn(session, "the secret word is hazelnut");
      for (const [release, words] of [
        [releases.tested, "and here?"],
        [releases.newest, "and there?"],
      ] as const) {
        await host.restart({ command: release });
        const played = playing(host);
        const next = await host.turn(session, words);
        assert.deepEqual(next.thread, { id: first.thread.id, resumed: true });
        for (const word of ["hazelnut", "walnut"]) assert.match(input(played.requests[0]), new RegExp(word));
      }
    },
  },
];
