import { describe, expect, it } from "vitest";
import { overrideArguments } from "../../src/server/arguments.ts";
import { codexEnvironment, hiddenFromCommands } from "../../src/server/environment.ts";

const key = `sk-${"abcdef1234567890"}`;

describe("the environment of a Codex process", () => {
  it("lets in what programs need, and no secrets", () => {
    const env = codexEnvironment({ PATH: "/bin", HOME: "/h", LC_ALL: "C", OPENAI_API_KEY: "k", GITHUB_TOKEN: "t" });
    expect(env).toEqual({ PATH: "/bin", HOME: "/h", LC_ALL: "C" });
  });

  it("adds what the host gives, but never what injects code, in any case of letters", () => {
    const injection = [
      ..."LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT DYLD_INSERT_LIBRARIES NODE_OPTIONS NODE_PATH BASH_ENV ENV PS4".split(" "),
      ..."GCONV_PATH PYTHONSTARTUP PROMPT_COMMAND SHELLOPTS BASHOPTS BASH_FUNC_ls ld_preload Node_Options".split(" "),
    ];
    const bad = Object.fromEntries(injection.map((name) => [name, "x"]));
    expect(codexEnvironment(bad, { ...bad, MY_VAR: "1" })).toEqual({ MY_VAR: "1" });
  });

  it("passes no name a shell does not have, and no value that would end early", () => {
    const extra = JSON.parse('{"__proto__": "x", "a.b": "x", "A=B": "x", "": "x", "BASH_FUNC_ls%%": "x", "OK": "1"}');
    expect(codexEnvironment({}, { ...extra, CUT: "a\0b" })).toEqual({ OK: "1" });
  });

  it("has each variable once on Windows, where names have no case", () => {
    const base = { Path: "C:\\a", SystemRoot: "C:\\w", "ProgramFiles(x86)": "C:\\p", ld_preload: "x" };
    expect(codexEnvironment(base, { PATH: "C:\\b" }, "win32")).toEqual({
      Path: "C:\\b",
      SystemRoot: "C:\\w",
      "ProgramFiles(x86)": "C:\\p",
    });
    expect(codexEnvironment({ http_proxy: "a", HTTP_PROXY: "b" }, {}, "linux")).toEqual({
      http_proxy: "a",
      HTTP_PROXY: "b",
    });
  });

  it("names what commands must not read: credentials, and a proxy's address with a password", () => {
    const env = {
      MY_API_KEY: "abcdefgh",
      HTTPS_PROXY: "http://ann:pw@proxy:1",
      HTTP_PROXY: "http://proxy:1",
      GIT_AUTHOR_NAME: "Ann Example",
    };
    expect(hiddenFromCommands(env)).toEqual(["MY_API_KEY", "HTTPS_PROXY"]);
  });
});

describe("the arguments of a Codex process", () => {
  it.each([
    `experimental_bearer_token="${"abcdefghijkl"}"`,
    `mcp_servers.x.env={API_KEY="hunter2hunter2"}`,
    `mcp_servers.x.http_headers={Authorization="Bearer abcdefghijkl"}`,
    `model_providers.x.base_url="https://ann:hunter2@host/v1"`,
    `developer_instructions="use ${key}"`,
  ])("are refused with a credential in them: %s", (pair) => {
    let thrown: unknown;
    try {
      overrideArguments(["a=1", pair]);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: "secret_in_arguments", facts: { key: pair.slice(0, pair.indexOf("=")) } });
    expect(JSON.stringify(thrown)).not.toMatch(/hunter2|abcdef/);
  });

  it("may name the variable that has one", () => {
    const pairs = [
      'model_providers.x.env_key="OPENAI_API_KEY"',
      "model_auto_compact_token_limit=200000",
      "features.goals=false",
    ];
    expect(overrideArguments(pairs)).toEqual(pairs.flatMap((pair) => ["-c", pair]));
  });
});
