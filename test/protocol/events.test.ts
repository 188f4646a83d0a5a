import { describe, expect, it } from "vitest";
import { decodeNotification } from "../../src/protocol/events.ts";

const scope = { threadId: "T", turnId: "U" };

describe("decoding notifications", () => {
  it("reads deltas of every channel", () => {
    const params = { ...scope, itemId: "i", delta: "x", extra: 1 };
    const decoded = (method: string) => decodeNotification(method, params);
    expect(decoded("item/agentMessage/delta")).toEqual({
      type: "item.delta",
      ...scope,
      itemId: "i",
      channel: "text",
      delta: "x",
    });
    expect(decoded("item/commandExecution/outputDelta")).toMatchObject({ channel: "output" });
    expect(decoded("item/reasoning/summaryTextDelta")).toMatchObject({ channel: "reasoning" });
  });

  it("keeps unknown item types and unknown enum values", () => {
    const item = { type: "hologram", id: "h", shape: { deep: true } };
    expect(decodeNotification("item/started", { ...scope, item })).toMatchObject({
      item: { type: "other", id: "h", itemType: "hologram" },
    });
    const message = { type: "agentMessage", id: "m", text: "hi", phase: "murmur" };
    expect(decodeNotification("item/completed", { ...scope, item: message })).toMatchObject({
      item: { phase: "murmur" },
    });
  });

  it("reads codexErrorInfo as a string, an object, and anything else", () => {
    const failure = (codexErrorInfo: unknown) =>
      decodeNotification("error", { ...scope, willRetry: false, error: { message: "m", codexErrorInfo } });
    expect(failure("usageLimitExceeded")).toMatchObject({ failure: { kind: "usageLimitExceeded" } });
    expect(failure({ httpConnectionFailed: { httpStatusCode: 401 } })).toMatchObject({
      failure: { kind: "httpConnectionFailed", httpStatus: 401 },
    });
    expect(failure(undefined)).toMatchObject({ failure: { kind: "other" } });
  });

  it("knows what it ignores and surfaces what it does not know", () => {
    expect(decodeNotification("thread/started", {})).toEqual({ type: "ignored", method: "thread/started" });
    expect(decodeNotification("brand/new", {})).toEqual({ type: "unknown", method: "brand/new" });
    expect(decodeNotification("constructor", {})).toEqual({ type: "unknown", method: "constructor" });
  });

  it.each([
    ["item/agentMessage/delta", { ...scope, itemId: "i", delta: 7 }, "delta", "number"],
    [
      "item/completed",
      { ...scope, item: { type: "agentMessage", id: "m", text: { a: "s3cret" } } },
      "item.text",
      "object",
    ],
    ["turn/completed", { threadId: "T", turn: { id: "U" } }, "turn.status", "undefined"],
    ["thread/status/changed", "s3cret", "(root)", "string"],
  ])("skips a bad %s and says where and what was found, not the value", (method, params, path, found) => {
    const event = decodeNotification(method, params);
    const error = expect.objectContaining({ code: "protocol_shape", facts: { method, path, found } });
    expect(event).toMatchObject({ type: "unreadable", method, error });
    expect(JSON.stringify(event)).not.toContain("s3cret");
  });

  it("leaves out an item it cannot read, and keeps the turn", () => {
    const items = [{ type: "agentMessage", id: "a" }, { type: "agentMessage", id: "b", text: "hi" }, 7];
    const event = decodeNotification("turn/completed", {
      threadId: "T",
      turn: { id: "U", status: "completed", items },
    });
    expect(event).toMatchObject({ type: "turn.completed", turn: { items: [{ id: "b" }], unread: 2 } });
  });
});
