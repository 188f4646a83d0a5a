import { cpSync, mkdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { register } from "../../src/openclaw/register.ts";
import { BindingStore } from "../../src/thread/store.ts";
import { fixtures } from "../replay/corpus-fixtures.ts";
import { testFolder } from "../support/home.ts";
import { fakeHost } from "./fake-host.ts";

vi.mock("../../src/openclaw/sdk.ts", () => ({
  loadHostRuntime: async () => ({}),
  loadHostTranscripts: async () => ({}),
}));

let folder: ReturnType<typeof testFolder>;
beforeEach(() => {
  folder = testFolder("command");
});
afterEach(() => folder.remove());

const threadIds = ["01a1fedb-5107-7cf2-8f0e-7edf807d5458", "01a1fedb-5107-7cf2-8f0e-7edf807d5459"] as const;

async function bound(sessionKey: string, threadId: string): Promise<void> {
  const store = new BindingStore(path.join(folder.path, "codex-bridge", "sessions.db"));
  await store.bind({
    agentId: "main",
    sessionKey,
    sessionId: "one",
    threadId,
    codexVersion: "0.169.0",
    cwd: folder.path,
    policy: "never/workspace-write",
    tools: null,
    instructions: "",
    state: "active",
    createdAtMs: 1,
    updatedAtMs: 2,
  });
  await store.close();
}

function commandOf(host: ReturnType<typeof fakeHost>) {
  register(host.api);
  const [command] = host.commands;
  if (!command) throw new Error("no command is registered");
  const say = async (args: string, sessionKey = "agent:main:main"): Promise<string> => {
    const call = { args, sessionKey, channel: "test", isAuthorizedSender: true, commandBody: "", config: {} };
    return (await command.handler(call as unknown as Parameters<typeof command.handler>[0])).text ?? "";
  };
  return { command, say };
}

describe("/codexbridge", () => {
  it("is for operators only, and says what it can do", async () => {
    const { command, say } = commandOf(fakeHost(folder.path));
    expect(command).toMatchObject({ name: "codexbridge", acceptsArgs: true, requireAuth: true });
    expect(command.requiredScopes).toEqual(["operator.admin"]);
    for (const args of ["", "dance \u001b[2J", "__proto__"]) {
      const text = await say(args);
      for (const name of ["status", "threads", "rebind <thread>", "trace", "doctor"])
        expect(text).toContain(`/codexbridge ${name}`);
      expect(text).not.toContain("\u001b");
    }
  });

  it("tells of this conversation and the others, and changes nothing by looking", async () => {
    const { say } = commandOf(fakeHost(folder.path, { sandbox: "read-only" }));
    expect(await say("status")).toMatch(/sandbox read-only.*no Codex thread yet.*No app-server runs.*not recorded/s);
    expect(await say("threads")).toBe("No conversation has a Codex thread yet.");
    await bound("agent:main:main", threadIds[0]);
    expect(await say("status")).toContain(`thread ${threadIds[0]} (active), Codex 0.169.0.`);
    expect(await say("threads")).toMatch(new RegExp(`^1970-01-01 00:00 ${threadIds[0]} active agent:main:main$`));
  });

  it("gives the conversation another thread, and says why it does not", async () => {
    const { say } = commandOf(fakeHost(folder.path));
    expect(await say(`rebind ${threadIds[1]}`)).toMatch(/^session_has_no_thread: /);
    await bound("agent:main:main", threadIds[0]);
    expect(await say("rebind x")).toMatch(/^thread_id_invalid: /);
    expect(await say(`rebind ${threadIds[1]}`)).toContain(
      `goes on with thread ${threadIds[1]}; before, it had ${threadIds[0]}`,
    );
    expect(await say("status")).toMatch(new RegExp(`thread ${threadIds[1]} .*rebound by hand`, "s"));
    await bound("agent:main:other", threadIds[0]);
    expect(await say(`rebind ${threadIds[0]}`)).toMatch(/^thread_bound_elsewhere: /);
  });

  it("writes the newest recording as a page that only its owner can read", async () => {
    const dir = path.join(folder.path, "rec");
    const recordings = ["20261121T010101000Z-9-9-completed", "20261122T010101000Z-1-1-failed"].map((name) =>
      path.join(dir, name),
    );
    const fixture = fixtures.find(({ scenario }) => scenario === "text")!.dir;
    for (const each of [...recordings, path.join(dir, "zzz")]) cpSync(fixture, each, { recursive: true });
    const { say } = commandOf(fakeHost(folder.path, { recording: { dir } }));
    const [file = "", about] = (await say("trace")).split("\n");
    expect(file).toBe(path.join(folder.path, "codex-bridge", "traces", `${path.basename(recordings[1]!)}.trace.html`));
    expect(about).toMatch(/^\d+ lines of .*-failed\. Open it in a browser/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toMatch(/^<!doctype html>/i);
  });

  it("says how to get a recording when there is none, and what is wrong with the configuration", async () => {
    const host = fakeHost(folder.path);
    const { say } = commandOf(host);
    expect(await say("trace")).toMatch(/^recording_missing: Turns are not recorded\. .*recording\.dir/);
    const dir = path.join(folder.path, "rec");
    mkdirSync(dir);
    host.configure({ recording: { dir } });
    expect(await say("trace")).toMatch(/^recording_missing: No turn was recorded yet\./);
    host.configure({ harnesId: "x" });
    expect(await say("status")).toMatch(/^plugin_config_invalid: Unknown field harnesId .* Write harnessId instead\./);
    expect(await say("doctor")).toMatch(/✗ host_plugin: plugin_config_invalid: .*\n {3}→ Write harnessId instead\./);
  });
});
