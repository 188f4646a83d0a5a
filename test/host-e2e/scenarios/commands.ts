import assert from "node:assert/strict";
import type { Scenario } from "../scenario.ts";
import { playEcho } from "./sessions.ts";

export const chatCommand: Scenario = {
  id: "chat-command",
  title: "/codexbridge tells in the chat what runs, gives a conversation another thread, and finds what is wrong",
  oursAlone: "it has a /codex command of other words",
  async run(context) {
    const [session, other] = [context.newSession(), context.newSession()];
    playEcho(context);
    const say = async (words: string, where = session): Promise<string> => {
      return (await context.goodTurn(where, `/codexbridge ${words}`)).text;
    };
    assert.match(await say("status"), /harness "codex".*This conversation has no Codex thread yet/s);
    assert.match(
      await say("rebind 01a1fedb-5107-7cf2-8f0e-7edf807d5458"),
      /^session_has_no_thread: .*Send a message first/,
    );
    await context.goodTurn(session, "remember the zebra");
    await context.goodTurn(other, "remember the lion");
    const thread = /thread ([0-9a-f-]{36}) \(active\), Codex \d+\.\d+/.exec(await say("status"))?.[1];
    const lion = /thread ([0-9a-f-]{36})/.exec(await say("status", other))?.[1];
    assert.ok(thread && lion && thread !== lion, "the conversations' threads are not told");
    assert.match(await say("threads"), new RegExp(`${thread} active ${session}`));
    assert.match(await say(`rebind ${lion}`), /^thread_bound_elsewhere: .*codex-bridge sessions unbind/);
    assert.match(await say("trace"), /^recording_missing: .*recording\.dir/);
    const checked = await say("doctor");
    assert.match(checked, /✓ host: OpenClaw \d+\.\d+\.\d+.*✓ host_plugin: installed.*✓ host_policy: openai\//s);
    assert.match(checked, /✓ login: .*✓ state_store: .* \d+ in use/s);
    assert.match(await say("dance"), /no subcommand dance.*rebind <thread>|no subcommand dance.*\/codexbridge rebind/s);
    assert.equal(context.requests.length, 2, "a command went to the model");
  },
};
