import { afterEach, describe, expect, it } from "vitest";
import { startAppServer } from "../../src/server/app-server.ts";
import { openRemoteHost, remoteCases } from "./remote-fixture.ts";

describe.each(remoteCases)(
  "what goes on at a server we leave: Codex %s over %s",
  { timeout: 120_000 },
  (version, kind) => {
    let bridge: Awaited<ReturnType<typeof openRemoteHost>>;
    const open = async () => {
      bridge = await openRemoteHost(`rl-${kind.slice(0, 2)}`, kind, version);
    };
    afterEach(async () => {
      expect(await bridge.close()).toEqual({ lived: true });
    });

    it("a turn is interrupted when its host is disposed", async () => {
      await open();
      bridge.reply = () => [{ say: "half" }, { stall: true }];
      let disposed: Promise<void> | undefined;
      const result = await bridge.turn("left", "go", {
        observer: {
          onPartialReply: () => {
            disposed ??= bridge.host.dispose();
          },
        },
      });
      expect(result).toMatchObject({ ok: false, outcome: { kind: "interrupted" }, text: "half" });
      await disposed;
      expect(await bridge.turnsOf(result.thread.id)).toEqual(["interrupted"]);
      expect(bridge.between.open).toBe(0);
    });

    it("a turn is ended whose beginning was never confirmed, and told once", async () => {
      await open();
      const gate = Promise.withResolvers<void>();
      bridge.reply = () => {
        bridge.between.drop();
        return [{ until: gate.promise }, { say: "unseen" }];
      };
      const lost = await bridge.turn("lost", "go", {
        observer: { onPhase: ({ phase }) => (phase === "thread_ready" ? bridge.between.mute() : undefined) },
      });
      expect(lost).toMatchObject({ outcome: { kind: "server_exit" }, turnId: "" });
      await expect.poll(() => bridge.turnsOf(lost.thread.id), { timeout: 30_000 }).toEqual(["interrupted"]);
      bridge.reply = () => [{ say: "there" }];
      const next = await bridge.turn("lost", "again");
      expect(next).toMatchObject({ ok: true, text: "there", thread: { id: lost.thread.id, resumed: true } });
      gate.resolve();
      const said = (await bridge.host.transcript("lost")).map((row) => row.text);
      expect(said.filter((text) => ["go", "again", "there"].includes(text ?? ""))).toEqual(["go", "again", "there"]);
      expect(said).not.toContain("unseen");
    });

    it("the turn of another client on our thread is neither ended nor disturbed", async () => {
      await open();
      bridge.reply = () => [{ say: "ours" }];
      const { thread } = await bridge.turn("shared", "go");
      // A connection of ours that knows nothing of the thread, as after a restart.
      bridge.between.drop();
      const other = await startAppServer({ endpoint: { url: bridge.server.url } });
      await other.call("thread/resume", { threadId: thread.id, excludeTurns: true });
      const gate = Promise.withResolvers<void>();
      bridge.reply = () => [{ say: "theirs" }, { until: gate.promise }, { say: "to its end" }];
      await other.call("turn/start", { threadId: thread.id, input: [{ type: "text", text: "their words" }] });
      await expect.poll(() => bridge.turnsOf(thread.id), { timeout: 30_000 }).toEqual(["inProgress", "completed"]);
      await expect(bridge.turn("shared", "now", { clocks: { sessionWaitMs: 1500 } })).rejects.toMatchObject({
        code: "thread_busy",
        remedy: expect.stringContaining("interrupt it in the client"),
      });
      expect(await bridge.turnsOf(thread.id)).toEqual(["inProgress", "completed"]);
      const waiting = bridge.turn("shared", "then", { clocks: { sessionWaitMs: 60_000 } });
      gate.resolve();
      await expect.poll(() => bridge.turnsOf(thread.id), { timeout: 30_000 }).toContain("completed");
      bridge.reply = () => [{ say: "ours again" }];
      expect(await waiting).toMatchObject({ ok: true, thread: { id: thread.id, resumed: true } });
      expect(await bridge.turnsOf(thread.id)).toEqual(["completed", "completed", "completed"]);
      await other.stop();
    });
  },
);
