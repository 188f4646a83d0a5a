import { describe, expect, it } from "vitest";
import { classifyVersion, parseServerVersion } from "../../src/protocol/user-agent.ts";
import { requireVersion } from "../../src/server/version-gate.ts";

const agent = (version: string, name = "codex-bridge") =>
  `${name}/${version} (Debian 12.0.0; x86_64) xterm (codex-bridge; 1.2.3)`;

describe("the version in a userAgent", () => {
  it.each([
    [agent("0.169.0"), "0.169.0"],
    [agent("0.125.0", "my host/2.0 (beta)"), "0.125.0"],
    [agent("0.143.0-alpha.2"), "0.143.0-alpha.2"],
    [agent("0.143.0+build.7"), "0.143.0+build.7"],
  ])("%s", (userAgent, version) => expect(parseServerVersion(userAgent)).toBe(version));

  it.each([undefined, null, 7, "", "codex", "codex/0.169 (x)", agent("01.2.3"), "0.169.0"])("none in %s", (userAgent) =>
    expect(parseServerVersion(userAgent)).toBeUndefined(),
  );

  it("stands to the range", () => {
    expect(classifyVersion("0.124.9")).toBe("too_old");
    expect(classifyVersion("0.125.0-rc.1")).toBe("too_old");
    expect(classifyVersion("0.125.0")).toBe("tested");
    expect(classifyVersion("0.126.0-alpha.1")).toBe("tested");
    expect(classifyVersion("0.170.0")).toBe("newer_than_tested");
  });
});

describe("the version gate", () => {
  it("lets the floor and newer in", () => {
    expect(requireVersion(agent("0.125.0"))).toBe("0.125.0");
    expect(requireVersion(agent("9.0.0"))).toBe("9.0.0");
  });

  it.each([
    [agent("0.124.9"), "server_too_old", "0.124.9"],
    [agent("0.125.0-alpha.1"), "server_too_old", "0.125.0-alpha.1"],
    ["codex (linux)", "server_version_missing", "no version"],
    [undefined, "server_version_missing", "no version"],
    [agent("0.x.9 1.2"), "server_version_unreadable", "0.x.9"],
  ])("refuses %s", (userAgent, code, found) => {
    let error: unknown;
    try {
      requireVersion(userAgent);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ name: "ServerVersionError", code });
    expect(String(error)).toContain(found);
    expect(String(error)).toContain("0.125.0");
    expect(error).toHaveProperty("remedy", expect.stringContaining("npm install @openai/codex"));
  });
});
