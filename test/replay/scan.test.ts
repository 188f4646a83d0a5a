import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { Placeholders } from "../../src/replay/redact/placeholders.ts";
import { blankText } from "../../src/replay/redact/redact-text.ts";
import { scanFolder, secretsFound } from "../../src/replay/redact/scan.ts";
import { keepingRules } from "../../src/replay/redact/scrub.ts";
import { knownSecrets, secretKinds } from "../../src/replay/redact/secrets.ts";
import { testFolder } from "../support/home.ts";
import "../support/same-cases.ts";

const folder = testFolder("scan");
afterAll(() => folder.remove());
let count = 0;

function folderWith(files: Record<string, string>): string {
  const dir = path.join(folder.path, `${count++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
  return dir;
}

/** Written apart, so that nobody takes this file for a leak. */
const secrets: [string, string][] = [
  ["API key", `sk-${"proj-abcdefghijkl"}`],
  ["API key", `github_pat_${"11ABCDEFG0abcdef"}`],
  ["API key", `AKIA${"IOSFODNN7EXAMPLE"}`],
  ["JWT", `eyJ${"hbGciOiJIUzI1NiJ9"}.${"eyJzdWIiOiIxIn0"}`],
  ["bearer token", `Authorization: Bearer ${"0123456789abcdef"}`],
  ["private key", `-----BEGIN ${"RSA PRIVATE"} KEY-----`],
  ["credential", `password=${"hunter2hunter2"}`],
  ["credential", `{\\"api_key\\": \\"${"abcd1234efgh"}\\"}`],
  ["home path", "/home/ann/shop"],
  ["home path", "/Users/ann"],
  ["home path", "C:\\\\Users\\\\ann"],
  ["e-mail address", `ann${"@"}shop.example`],
  ["high entropy", `${"q7Jx2mZ9vT4bL8nRw3Ks"}`],
  ["high entropy", `${"d41f8cd98a00b204e980"}${"0998ecf8427e5a1b"}`],
  ["high entropy", `${"Zm9vYmFyYmF6cXV4MTIzNDU2"}${"Nzg5MGFiY2RlZmdoaWprbA=="}`],
];

const environment = [
  "PWD=/srv/work/r2/node_modules/",
  "OLDPWD=/srv/work/r2/node_modules/",
  "CODEX_THREAD_ID=01a20077-a879-7702-a443-922c81ca266b",
  "CODEX_TOOL_CALL_ID=call_0abcd1234567_0",
].join("\n");

describe("the scan", () => {
  it.each(secrets)("finds %s in %s", (kind, secret) => {
    expect(secretKinds(`{"text":"so ${secret} it is"}`)).toContain(kind);
  });

  it("takes nothing of a recording for a secret that is none", () => {
    const innocent = [
      '{"seq":12,"tUs":1795290151098,"dir":"s2c","message":{"method":"item/commandExecution/requestApproval"}}',
      '"chainSha256": "8d6dac2224f8210a162f5f9564141a1761a059368aaeaff2149115007f455880",',
      '{"$payload":"8d6dac2224f8210a162f5f9564141a1761a059368aaeaff2149115007f455880","chars":90000}',
      '"threadId":"00000000-0000-7000-8000-00000000001f","session":"019b2f4e-7c1d-7a20-9f6e-3d1c2b4a5f60"',
      '"optOutNotificationMethods":["thread/realtime/item/transcript/delta","fuzzyFileSearch/sessionCompleted"]',
      '"userAgent":"codex-bridge/0.169.0 (Debian 12.0.0; x86_64) xterm-256color (codex-bridge; 0.1.0)"',
      '{"totalTokens":9615,"cacheWriteInputTokens":0,"apiKey":"[redacted]","token":null}',
      '"path":"/p1/p2/p3/p14","cwd":"/p1/p2","command":"/bin/bash -lc \'xxxx -x xxxxx@xxx.xxx\'"',
      // What `env` says, as it stands in the output of a command, and in JSON in such an output.
      JSON.stringify({ output: environment }),
      JSON.stringify({ output: JSON.stringify({ output: environment }) }),
      "x".repeat(300) + "X0".repeat(100),
    ];
    for (const line of innocent) expect([line, secretKinds(line)]).toEqual([line, []]);
  });

  it("finds a value behind its name, at the beginning of a line, and in JSON in a text", () => {
    const value = `q7Jx2mZ9${"vT4bL8nRw3Ks"}`;
    const text = `SHELL=/bin/sh\nSOME_ID=${value}\nrest`;
    for (const each of [text, `${value}\n`, `\n${value}`, JSON.stringify({ output: text })]) {
      expect([each, secretKinds(JSON.stringify({ output: each }))]).toEqual([each, ["high entropy"]]);
    }
  });

  it("finds nothing in a blanked text, whatever it was", () => {
    const texts = fc.array(
      fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom(...secrets.map(([, secret]) => secret))),
    );
    fc.assert(
      fc.property(texts, (parts) => {
        expect(secretKinds(blankText(parts.join(" ")))).toEqual([]);
      }),
    );
  });

  it("finds in a kept text only what it cannot know, and that is what it refuses", () => {
    const { text } = keepingRules([], new Placeholders());
    for (const [kind, secret] of secrets) {
      // The list has them as they stand in JSON.
      const kinds = secretKinds(JSON.stringify(text(`so ${JSON.parse(`"${secret}"`)} it is`)));
      if (kind !== "high entropy") expect([secret, kinds]).toEqual([secret, []]);
      else expect(kinds).toContain(kind);
    }
  });

  it("knows the secrets of the environment, also where JSON writes them differently", () => {
    const known = knownSecrets(
      { MY_TOKEN: 'quo"ted one', MY_KEY: "short", PATH: "/a/long/enough", KEY_FILE: "/etc/key" },
      ["told to us"],
    );
    expect(known.sort()).toEqual(['quo"ted one', 'quo\\"ted one', "told to us"]);
    expect(secretKinds(JSON.stringify({ text: 'a quo"ted one' }), known)).toEqual(["known secret"]);
    expect(homedir().length > 5 ? secretKinds(`x ${homedir()} y`) : ["home path"]).toContain("home path");
  });
});

describe("a folder", () => {
  const [, key] = secrets[0]!;

  it("is looked through by file and line, and the value is not told", async () => {
    const dir = folderWith({
      "manifest.json": "{\n}\n",
      "wire.jsonl": `{}\n{"text":"a\u2028b"}\n{"text":"${key}"}\n`,
      "payloads/0a": `first\r\nsecond ann${"@"}shop.example`,
    });
    const findings = await scanFolder(dir);
    expect(findings).toEqual([
      { file: "payloads/0a", line: 2, kind: "e-mail address" },
      { file: "wire.jsonl", line: 3, kind: "API key" },
    ]);
    const error = secretsFound(findings);
    expect(error).toMatchObject({
      code: "recording_has_secrets",
      message: expect.stringContaining("wire.jsonl:3 API key"),
    });
    expect(JSON.stringify([error.message, error.facts, error.remedy])).not.toContain(key);
  });

  it("is looked through for secrets that deltas cut in pieces", async () => {
    const delta = (text: string, itemId = "msg_1") =>
      `${JSON.stringify({ seq: 0, message: { method: "item/agentMessage/delta", params: { itemId, delta: text } } })}\n`;
    const filler = "word ".repeat(1000);
    const pieces = [...key].map((piece) => delta(piece) + delta("hello ", "msg_2"));
    const wire = delta(filler) + delta(filler) + pieces.join("") + delta(filler) + delta(filler) + delta(filler);
    expect(await scanFolder(folderWith({ "wire.jsonl": wire }))).toEqual([
      { file: "wire.jsonl", line: expect.any(Number), kind: "API key" },
    ]);
    const short = delta(key.slice(0, 7)) + delta(key.slice(7));
    expect(await scanFolder(folderWith({ "wire.jsonl": short }))).toMatchObject([{ kind: "API key" }]);
    const cut = delta(key.slice(0, 4)) + delta("; ") + delta(key.slice(4));
    expect(await scanFolder(folderWith({ "wire.jsonl": cut }))).toEqual([]);
  });

  it("is looked through delta by delta, and around each that looks otherwise", async () => {
    const line = (delta: string, around = "a", seq = 1) =>
      `${JSON.stringify({ seq, tUs: seq, dir: "s2c", message: { method: "a/delta", params: { around, delta }, emittedAtMs: 1 } })}\n`;
    const clean = line("hello ") + line("world ", "b", 22);
    const lineOf = async (...lines: string[]) =>
      (await scanFolder(folderWith({ "wire.jsonl": clean + lines.join("") }))).map((finding) => finding.line);
    expect(await lineOf(line("hello "))).toEqual([]);
    // Behind a letter of the delta before it would be no key.
    expect(await lineOf(line("a"), line(key), line("a"))).toEqual([4]);
    expect(await lineOf(line("hello ", key))).toEqual([3]);
    expect(await lineOf(line("hello ", key), line("a", key))).toEqual([3, 4]);
    expect(await lineOf(line("hello ").replace('"emittedAtMs":1', `"emittedAtMs":"${key}"`))).toEqual([3]);
  });

  it("is not searched for ever", async () => {
    const findings = await scanFolder(folderWith({ "wire.jsonl": `${key}\n`.repeat(1000) }));
    expect(findings).toHaveLength(20);
  });
});
