import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ServerEvent } from "../../src/protocol/events.ts";
import type { AppServer } from "../../src/server/app-server.ts";
import { type LoadedThreads, openThread } from "../../src/thread/open.ts";
import { ThreadRouter } from "../../src/thread/router.ts";
import { BindingStore } from "../../src/thread/store.ts";
import { RpcError } from "../../src/wire/errors.ts";
import { testFolder } from "../support/home.ts";

/* What goes over the wire and what does not, with a FAKE server that answers everything; real ones: test/harness. */

let folder: ReturnType<typeof testFolder>;
let store: BindingStore;
let asked: string[];
let answer: object;
let emit: (event: ServerEvent) => unknown;
const server = {
  process: {},
  info: { version: "0.169.0", userAgent: "fake", untested: false },
  closed: new Promise(() => undefined),
  call: async (method: string) => {
    asked.push(method);
    return answer;
  },
  onEvent: (listener: (event: ServerEvent) => unknown) => {
    emit = listener;
  },
  onRequest: () => undefined,
} as unknown as AppServer;

beforeEach(() => {
  asked = [];
  answer = { thread: { id: "t1" }, model: "m", modelProvider: "p" };
  folder = testFolder("open");
  store = new BindingStore(path.join(folder.path, "sessions.db"));
});
afterEach(async () => {
  await store.close();
  folder.remove();
});

const settings = { cwd: "/w", approvalPolicy: "never", sandbox: "read-only" };
const open = (loaded: LoadedThreads, on = server) =>
  openThread({
    server: on,
    store,
    owner: { agentId: "main", sessionKey: "k" },
    sessionId: "s",
    settings,
    loaded,
    historyBytes: 100,
  });

it("asks the server nothing for a session whose thread this connection has, with the same settings", async () => {
  const loaded: LoadedThreads = new Map();
  await open(loaded);
  expect(asked).toEqual(["thread/start"]);
  expect((await open(loaded)).overrides).toEqual({});
  expect(asked).toHaveLength(1);
  await open(new Map());
  expect(asked.at(-1)).toBe("thread/resume");
});

it("refuses a thread whose server would use another policy than was asked for, and binds nothing", async () => {
  answer = { thread: { id: "t1" }, approvalPolicy: "never", sandbox: { type: "dangerFullAccess" } };
  await expect(open(new Map())).rejects.toMatchObject({ code: "policy_mismatch" });
  expect(await store.list()).toEqual([]);
  answer = { thread: { id: "t1" }, approvalPolicy: "never", sandbox: { type: "readOnly" } };
  expect((await open(new Map())).id).toBe("t1");
  answer = { thread: { id: "t1" }, approvalPolicy: "untrusted", sandbox: { type: "readOnly" } };
  await expect(open(new Map())).rejects.toMatchObject({ code: "policy_mismatch" });
});

it("waits for a turn that runs on the thread without us, as long as allowed", async () => {
  const router = new ThreadRouter(server, () => undefined);
  const status = (value: string): unknown => emit({ type: "thread.status", threadId: "t1", status: value, flags: [] });
  expect(await router.rests("t1", 0)).toBe(true);
  status("active");
  expect(await router.rests("t1", 10)).toBe(false);
  const rests = router.rests("t1", 1000);
  status("idle");
  expect(await rests).toBe(true);
});

it("reads a thread again that had a turn this connection does not know of", async () => {
  const loaded: LoadedThreads = new Map();
  await open(loaded);
  await store.patch({ agentId: "main", sessionKey: "k" }, { lastTurnId: "by another process" });
  await open(loaded);
  expect(asked).toEqual(["thread/start", "thread/archive", "thread/unarchive", "thread/resume"]);
  await open(loaded);
  expect(asked).toHaveLength(4);
});

it("goes on in a fork when another process's server keeps the thread", { timeout: 20_000 }, async () => {
  await open(new Map());
  const call = server.call as (method: string, params: object) => Promise<unknown>;
  let refusals = 0;
  const busy = {
    ...server,
    call: async (method: string, params: object) => {
      if (method !== "thread/resume") return call(method, params);
      refusals += 1;
      throw new RpcError(method, -32600, "thread t1 already has an active writer");
    },
  } as unknown as AppServer;
  answer = { thread: { id: "t2" }, model: "m", modelProvider: "p" };
  const opened = await open(new Map(), busy);
  expect(opened).toMatchObject({ id: "t2", rotation: { from: "t1", history: "native" } });
  expect(asked).toEqual(["thread/start", "thread/fork"]);
  expect(refusals).toBeGreaterThan(1);
});
