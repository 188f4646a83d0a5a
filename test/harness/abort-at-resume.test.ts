import { expect, it } from "vitest";
import { openTestHost } from "./fixture.ts";

/** Hears what is sent; `when` is called in the middle of sending it. */
function listening(method: string, when: () => void) {
  return {
    spawned: () => ({
      line: (direction: "in" | "out", line: string) => {
        if (direction === "out" && line.includes(`"method":"${method}"`)) when();
      },
      ready: () => undefined,
      closing: () => undefined,
      exited: () => undefined,
    }),
    host: () => undefined,
    close: async () => undefined,
  };
}

it("a turn given up while its thread is loaded leaves the next one its own permissions", async () => {
  let abort = new AbortController();
  const test = await openTestHost("abort-at-resume", {
    recorder: listening("thread/resume", () => abort.abort(new Error("enough"))),
    reply: () => [{ say: "hello", phase: "final_answer" }],
  });
  await test.turn("s", "one");
  await test.restart();
  await expect(test.turn("s", "two", { signal: abort.signal })).rejects.toThrow();
  abort = new AbortController();
  const stricter = { approvalPolicy: "on-request", sandbox: "workspace-write" } as const;
  const turn = await test.turn("s", "three", { ...stricter, approve: async () => "decline" });
  expect(turn).toMatchObject({ ok: true, thread: { resumed: true } });
  await test.close();
});

it.each(["thread/archive", "thread/unarchive", "thread/resume"])(
  "a session whose turn was given up at %s, on the way to another configuration, can be compacted at once",
  async (method) => {
    const abort = new AbortController();
    const test = await openTestHost("compact-at-resume", {
      recorder: listening(method, () => abort.abort(new Error("enough"))),
      reply: () => [{ say: "hello", phase: "final_answer" }],
    });
    await test.turn("s", "one");
    const other = { config: { hide_agent_reasoning: true }, signal: abort.signal };
    await expect(test.turn("s", "two", other)).rejects.toThrow();
    expect(await test.harness.compact({ key: "s", id: "s" })).toMatchObject({ compacted: true });
    expect(await test.turn("s", "three")).toMatchObject({ ok: true, thread: { resumed: true } });
    await test.close();
  },
);
