import { PassThrough } from "node:stream";
import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { BridgeError, toBridgeError } from "../../src/errors.ts";
import { holdsSecret, redactSecrets, redactValue, rememberSecrets, secretsIn, secretsOf } from "../../src/redact.ts";
import { StderrTail } from "../../src/server/stderr-tail.ts";
import { RpcError } from "../../src/wire/errors.ts";

/** Without any shape: only who knows it can find it. */
const known = "correct horse battery staple 7";
rememberSecrets(known);
const shaped = `sk-${"proj-Zx8Yw7Vu6Ts5Rq4Po3N"}`;
afterEach(() => vi.unstubAllEnvs());

describe("credentials in text", () => {
  it.each([
    ["key", shaped, shaped],
    ["token", `ghp_${"abcdefghijklmnop1234"}`, "abcdefghijklmnop"],
    ["JWT", `eyJ${"hbGciOiJIUzI1NiJ9"}.eyJzdWIiOiIxIn0.c2lnbmF0dXJl`, "eyJzdWIiOiIxIn0"],
    ["bearer token", "Authorization: Bearer abcdefghijk.lmnop", "abcdefghijk"],
    ["quoted field", '{"refresh_token":"rt-0123456789"}', "0123456789"],
    ["escaped field", '{\\"api_key\\": \\"hunter2hunter2\\"}', "hunter2"],
    ["variable", "DEPLOY_KEY=hunter2hunter2", "hunter2"],
    ["address with a password", "connect to postgres://ann:hunter2@db.example/x failed", "hunter2"],
    ["address whose password has an @", "https://ann:p@ss@proxy.example:3128", "p@ss"],
    ["private key", `-----BEGIN ${"RSA PRIVATE KEY"}-----\nMIIEabc\n-----END RSA PRIVATE KEY-----`, "MIIE"],
    ["private key without an end", `-----BEGIN ${"PRIVATE KEY"}-----\nMIIEabc`, "MIIE"],
    ["known value", `it said ${known}!`, known],
    ["known value in JSON", JSON.stringify({ a: `"${known}"` }), known],
    ["known value in an address", `https://x/?q=${encodeURIComponent(known)}`, "battery"],
  ])("a %s is taken out, once and for all", (_what, text, secret) => {
    const clean = redactSecrets(text);
    expect(clean).toContain("[redacted]");
    expect(clean).not.toContain(secret);
    expect(redactSecrets(clean)).toBe(clean);
  });

  it.each([
    "the task was skipped at 0.125.0",
    "https://example.org/a@b",
    "model_auto_compact_token_limit=1000",
    "a: b",
  ])("%s stays", (text) => expect(redactSecrets(text)).toBe(text));

  it("knows the secrets of the environment as it is now, by whole words of their names", () => {
    vi.stubEnv("MY_DEPLOY_TOKEN", "tok en of mine");
    expect(redactSecrets("got tok en of mine")).toBe("got [redacted]");
    const env = { GIT_AUTHOR_NAME: "Ann Example", KEYBOARD: "de-latin1", SSH_AUTH_SOCK: "/run/x", A_PAT: "12345678" };
    expect(secretsOf(env)).toEqual(["12345678"]);
    expect(secretsOf({ HTTPS_PROXY: "http://ann:long-password@proxy:1" })).toContain("long-password");
  });

  it("finds them in a configuration", () => {
    const config = {
      mcp_servers: { x: { env: { X_TOKEN: "abcdefgh1" }, http_headers: { Authorization: "Bearer qwertyuiop" } } },
    };
    expect(secretsIn(config)).toEqual(["abcdefgh1", "qwertyuiop"]);
  });

  it("takes linear time on text that is made to take longer", () => {
    const texts = [
      "a".repeat(200_000),
      "a://".repeat(50_000),
      "token ".repeat(40_000),
      "-----BEGIN ".repeat(20_000),
      "eyJa.".repeat(40_000),
    ];
    const startedAt = performance.now();
    for (const text of texts) redactSecrets(text);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });

  it("tells a credential from the name of the variable that has one", () => {
    expect(holdsSecret('env_key="OPENAI_API_KEY"')).toBe(false);
    expect(holdsSecret('mcp_servers.x.bearer_token_env_var="GITHUB_TOKEN"')).toBe(false);
    expect(holdsSecret('mcp_servers.x.env={API_KEY="hunter2hunter2"}')).toBe(true);
  });
});

describe("a secret in pieces", () => {
  it("is found at both ends of two log fields", () => {
    for (let at = 8; at <= known.length - 8; at += 1) {
      const facts = redactValue({ a: `x ${known.slice(0, at)}`, b: `${known.slice(at)} y`, c: known.slice(4, 14) });
      expect(facts).toEqual({ a: "x [redacted]", b: "[redacted] y", c: "[redacted]" });
    }
  });

  it.each([known, shaped])("is found wherever two chunks of stderr meet, and behind colours", (secret) => {
    for (let at = 0; at <= secret.length; at += 1) {
      const stream = new PassThrough();
      const tail = new StderrTail(stream);
      stream.emit("data", Buffer.from(`said ${secret.slice(0, at)}`));
      stream.emit(
        "data",
        Buffer.from(`${secret.slice(at)}, and ${secret.slice(0, at)}\u001b[1m\0${secret.slice(at)} more`),
      );
      expect(tail.text()).toBe("said [redacted], and [redacted] more");
    }
  });

  it("is not kept by its end when the beginning of stderr is cut off", () => {
    const stream = new PassThrough();
    const tail = new StderrTail(stream, 40);
    stream.emit("data", Buffer.from(`key=${shaped} is wrong\nthe last line`));
    expect(tail.text()).toBe("the last line");
    stream.emit("data", Buffer.from("x".repeat(100)));
    expect(tail.text()).toBe("");
  });
});

describe("errors", () => {
  const secrets = [known, shaped];
  const clean = (error: unknown): void => {
    const { stack, message } = error as Error;
    const texts = [
      inspect(error, { depth: 10, showHidden: true }),
      JSON.stringify(error),
      stack,
      message,
      String(error),
    ];
    for (const text of texts) for (const secret of secrets) expect(text).not.toContain(secret);
  };

  it("have none in message, remedy, facts, cause, stack or JSON", () => {
    const inner = Object.assign(new Error(`inner ${known}`), {
      request: { headers: { authorization: shaped } },
      code: "E1",
    });
    const cause = new TypeError(`fetch https://ann:${shaped}@host failed`, { cause: inner });
    const error = new BridgeError("internal", `message ${shaped} ${known}`, {
      remedy: `use ${shaped}`,
      facts: { a: known, b: `and ${shaped}` },
      cause,
    });
    clean(error);
    expect(error.cause).toMatchObject({ name: "TypeError", cause: { code: "E1" } });
    clean(new BridgeError("internal", "y", { cause: { deep: [{ text: known }] } }));
    clean(toBridgeError(`thrown ${shaped}`));
    clean(toBridgeError(inner));
  });

  it("keep a cause that is harmless as it is", () => {
    const cause = new Error("ENOENT");
    expect(new BridgeError("internal", "y", { cause }).cause).toBe(cause);
  });

  it("have none in what a server answered", () => {
    const error = new RpcError("a/b", -32600, `bad key ${shaped}`, { token: "abc", list: [known], type: "kept" });
    clean(error);
    expect(error.data).toEqual({ token: "[redacted]", list: ["[redacted]"], type: "kept" });
  });

  it("show what would not be seen, and are not fooled by it", () => {
    expect(new BridgeError("internal", "a\u001b[2J\u202eb").message).toBe("a\\u001b[2J\\u202eb");
    expect(new BridgeError("internal", `a ${shaped.slice(0, 6)}\u200b${shaped.slice(6)}`).message).toBe("a [redacted]");
  });
});
