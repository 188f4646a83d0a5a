import { describe, expect, it, vi } from "vitest";
import { sessionHistory } from "../../src/openclaw/history.ts";
import type { HostTranscripts } from "../../src/openclaw/sdk.ts";
import { fakeAttempt } from "./fake-attempt.ts";

/* A labelled fake of a host's transcript; the scenario `lost-thread` reads a real one. */

const picture = { role: "user", content: "look", __openclaw: { media: [{ path: "square.png" }] } };
const inline = {
  role: "user",
  content: [
    { type: "text", text: "this one" },
    { type: "image", data: "AAAA" },
  ],
};

function history(messages: readonly object[], capabilities: object = {}, attempt: object = {}) {
  const transcripts = {
    readVisibleSessionTranscriptMessageEntries: async () => messages.map((message) => ({ message })),
  } as unknown as HostTranscripts;
  return sessionHistory(fakeAttempt({ prompt: "what now", hostCapabilities: capabilities, ...attempt }), transcripts);
}

describe("the session's history", () => {
  it("is what people and the agent said, without the message that is being answered", async () => {
    const messages = [
      { role: "user", content: "one" },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "hm" },
          { type: "text", text: "two" },
        ],
      },
      { role: "toolResult", content: [{ type: "text", text: "noise" }] },
      { role: "user", content: "what now" },
    ];
    expect(await history(messages)).toEqual([
      { role: "user", text: "one" },
      { role: "assistant", text: "two" },
    ]);
  });

  it("does not have the message that is being answered either when the transcript has other words for it", async () => {
    const messages = [
      { role: "user", content: "one" },
      { role: "user", content: "my key is sk-…" },
    ];
    const recorder = (persisted: boolean) => ({
      userTurnTranscriptRecorder: { hasPersisted: () => persisted, getAdmissionReceipt: () => undefined },
    });
    expect(await history(messages, {}, recorder(true))).toEqual([{ role: "user", text: "one" }]);
    expect(await history(messages, {}, recorder(false))).toHaveLength(2);
  });

  it("has what was attached, the newest first while there is room, as the host reads it now", async () => {
    const prepareContextMedia = vi.fn(async ({ maxChars }: { maxChars: number }) => ({
      text: "d".repeat(Math.min(9_000, maxChars)),
      images: [{ type: "image" as const, data: "BBBB", mimeType: "image/png" }],
    }));
    const told = await history([picture, { ...picture }, inline, { role: "user", content: "plain" }], {
      prepareContextMedia,
    });
    expect(prepareContextMedia.mock.calls.map(([{ maxChars }]) => maxChars)).toEqual([16_000, 7_000]);
    expect(told?.map(({ text, images }) => [text.length, images])).toEqual([
      ["look\n[The attachments of this message are left out: there are too many.]".length, undefined],
      ["look\n".length + 7_000, ["data:image/png;base64,BBBB"]],
      ["this one\n".length + 9_000, ["data:image/png;base64,BBBB"]],
      ["plain".length, undefined],
    ]);
  });

  it("says what could not be carried over, and by what host", async () => {
    expect(await history([picture])).toEqual([
      { role: "user", text: "look\n[The attachments of this message are not carried over.]" },
    ]);
    const prepareContextMedia = async () => Promise.reject(new Error("gone"));
    expect(await history([inline], { prepareContextMedia })).toEqual([
      { role: "user", text: "this one\n[The attachments of this message could not be read again.]" },
    ]);
  });

  it("is not told to a run that lost its authority", async () => {
    const assertActive = () => {
      throw new Error("not active");
    };
    const prepareContextMedia = async () => Promise.reject(new Error("not active"));
    await expect(history([picture], { prepareContextMedia, assertActive })).rejects.toThrow("not active");
  });
});
