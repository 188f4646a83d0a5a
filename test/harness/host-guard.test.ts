import { describe, expect, it } from "vitest";
import { guardHost } from "../../src/harness/host-guard.ts";
import { RecordWriter } from "../../src/harness/record-writer.ts";
import type { Attempt } from "../../src/harness/types.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";

const attempt = (more: Partial<Attempt>): Attempt => ({
  session: { key: "s", id: "s" },
  prompt: "p",
  cwd: "/w",
  approvalPolicy: "never",
  sandbox: "read-only",
  transcript: { append: async () => undefined },
  ...more,
});
const entry = (itemId: string): TranscriptEntry => ({
  id: `t/u/${itemId}/user`,
  kind: "user",
  threadId: "t",
  turnId: "u",
  itemId,
});
const never = (): Promise<never> => new Promise(() => undefined);
const fails = (): never => {
  throw new Error("the host's own fault");
};

describe("a host whose callbacks fail", () => {
  it("is not told of its own faults by them, but by the log", async () => {
    const warned: unknown[] = [];
    const { observer, history, onControl } = guardHost(
      attempt({
        observer: { onPhase: fails, onNotice: async () => fails() },
        history: fails,
        onControl: fails,
      }),
      1000,
      (_, { error }) => warned.push(error),
    );
    expect(observer?.onPhase?.({ phase: "settled", atMs: 0 })).toBeUndefined();
    await observer?.onNotice?.({ text: "x" });
    expect(observer?.onTool).toBeUndefined();
    expect(await history?.()).toBeUndefined();
    onControl?.({ steer: never, release: () => undefined });
    expect(warned).toEqual(Array.from({ length: 4 }, () => "Error: the host's own fault"));
  });

  it("is waited for once, and told nothing more when it hangs", async () => {
    const told: string[] = [];
    const warned: string[] = [];
    const { observer } = guardHost(
      attempt({
        observer: {
          onNotice: ({ text }) => {
            told.push(text);
            return never();
          },
        },
      }),
      20,
      (_, { error }) => warned.push(String(error)),
    );
    await observer?.onNotice?.({ text: "one" });
    expect(observer?.onNotice?.({ text: "two" })).toBeUndefined();
    expect(told).toEqual(["one"]);
    expect(warned).toEqual([expect.stringContaining("did not return within 20 ms")]);
  });

  it("keeps its callbacks' own object", () => {
    class Observer {
      readonly seen: string[] = [];
      onNotice({ text }: { text: string }): void {
        this.seen.push(text);
      }
    }
    const own = new Observer();
    const inherited = Object.create(attempt({ observer: own })) as Attempt;
    const guarded = guardHost(inherited, 20, fails);
    guarded.observer?.onNotice?.({ text: "x" });
    expect(own.seen).toEqual(["x"]);
    expect(guarded.session).toEqual({ key: "s", id: "s" });
  });

  it("fails the write of a transcript that does not answer, and every one after it", async () => {
    const written: string[] = [];
    const { transcript } = guardHost(
      attempt({
        transcript: {
          append: ([first]) => {
            written.push(first?.itemId ?? "");
            return never();
          },
        },
      }),
      20,
      fails,
    );
    for (const id of ["a", "b"]) {
      await expect(transcript.append([entry(id)])).rejects.toMatchObject({
        code: "transcript_unwritable",
        facts: { clock: "hostCallbackMs" },
      });
    }
    expect(written).toEqual(["a"]);
  });
});

describe("a transcript that refuses entries for a while", () => {
  it("gets them before the next ones, in order", async () => {
    const written: string[] = [];
    let full = true;
    const writer = new RecordWriter({
      append: async (entries) => {
        if (full) fails();
        written.push(...entries.map(({ itemId }) => itemId));
      },
    });
    await writer.write([entry("a")]);
    await writer.write([entry("b")]);
    expect(writer.error).toBeInstanceOf(Error);
    expect(writer.pending.map(({ itemId }) => itemId)).toEqual(["a", "b"]);
    full = false;
    await writer.write([entry("c")]);
    expect(written).toEqual(["a", "b", "c"]);
    expect([writer.error, writer.pending]).toEqual([undefined, []]);
  });
});
