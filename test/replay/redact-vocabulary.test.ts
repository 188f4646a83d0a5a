import { describe, expect, it } from "vitest";
import { digestVersions, readDigest } from "../../scripts/protocol/digest.ts";
import { valuesOf } from "../../scripts/protocol/resolve.ts";
import { collectVocabulary } from "../../scripts/replay/vocabulary.ts";
import { isFieldName, isKnownMethod, isSafe, kindOf } from "../../src/replay/redact/fields.ts";
import vocabulary from "../../src/replay/redact/vocabulary.json" with { type: "json" };

describe("the words that may stay in a recording", () => {
  it("are those of the schemas of all releases (npm run recording:vocabulary)", () => {
    expect(vocabulary).toEqual(collectVocabulary());
  });

  it("have every method, every field and every value of an enum, of the oldest and the newest release", () => {
    for (const version of [digestVersions()[0]!, digestVersions().at(-1)!]) {
      const digest = readDigest(version);
      for (const method of [...digest.notifications.keys(), ...digest.clientMethods.keys()]) {
        expect([method, isKnownMethod(method)]).toEqual([method, true]);
      }
      for (const status of valuesOf(digest, "TurnStatus")) expect(isSafe("status", status)).toBe(true);
      for (const item of digest.types.get("ThreadItem")!.variants.values()) {
        expect([item.name, isSafe("type", item.name)]).toEqual([item.name, true]);
        for (const field of item.fields.keys()) expect([field, isFieldName(field)]).toEqual([field, true]);
      }
    }
  });

  it("let nothing else stay, in whatever field it stands", () => {
    for (const field of [...vocabulary.names, "somethingNew"]) {
      for (const value of ["Ann", "ann-secret", "sk_1", "/home/ann", "a b", "Completed"]) {
        expect([field, value, isSafe(field, value)]).toEqual([field, value, false]);
      }
    }
  });

  it("take ids for ids, and what deltas add up to for text", () => {
    const ids = ["id", "threadId", "turnId", "itemId", "callId", "clientId", "requestId", "sessionId", "rootTurnId"];
    const more = [
      "receiverThreadIds",
      "agentThreadId",
      "clientUserMessageId",
      "expectedTurnId",
      "beforeTurnId",
      "processId",
    ];
    for (const field of [...ids, ...more]) expect([field, kindOf(field)]).toEqual([field, "id"]);
    for (const field of [
      "delta",
      "text",
      "summary",
      "content",
      "aggregatedOutput",
      "prompt",
      "diff",
      "review",
      "query",
    ]) {
      expect([field, kindOf(field)]).toEqual([field, "text"]);
    }
    for (const field of ["path", "cwd", "codexHome", "savedPath", "grantRoot", "runtimeWorkspaceRoots", "originUrl"]) {
      expect([field, kindOf(field)]).toEqual([field, "path"]);
    }
    for (const field of ["apiKey", "accessToken", "refreshToken", "authBearerToken", "sessionToken"]) {
      expect([field, kindOf(field)]).toEqual([field, "secret"]);
    }
  });
});
