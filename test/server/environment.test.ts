import { describe, expect, it } from "vitest";
import { redactSecrets } from "../../src/redact.ts";
import { codexEnvironment } from "../../src/server/environment.ts";

describe("the environment of a Codex process", () => {
  it("lets in what programs need, and no secrets", () => {
    const env = codexEnvironment({ PATH: "/bin", HOME: "/h", LC_ALL: "C", OPENAI_API_KEY: "k", GITHUB_TOKEN: "t" });
    expect(env).toEqual({ PATH: "/bin", HOME: "/h", LC_ALL: "C" });
  });

  it("adds what the host gives, but never loader injection", () => {
    const extra = { MY_VAR: "1", LD_PRELOAD: "x", NODE_OPTIONS: "--require x", DYLD_INSERT_LIBRARIES: "x" };
    expect(codexEnvironment({ LD_LIBRARY_PATH: "/x" }, extra)).toEqual({ MY_VAR: "1" });
  });
});

describe("redaction", () => {
  it.each([
    "key sk-abcdef1234567890",
    "Authorization: Bearer abcdefghijk.lmnop",
    'api_key="hunter2hunter2"',
    "ghp_abcdefghijklmnop",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig",
  ])("hides %s", (text) => {
    expect(redactSecrets(text)).toContain("[redacted]");
    expect(redactSecrets(text)).not.toMatch(/abcdef|hunter2|eyJzdWIi/);
  });

  it("leaves plain text alone", () => {
    expect(redactSecrets("the task was skipped at 0.125.0")).toBe("the task was skipped at 0.125.0");
  });
});
