import { chmodSync, chownSync, lchownSync, mkdirSync, rmSync, type Stats, symlinkSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createCodexHarness } from "../../src/harness/codex-harness.ts";
import { startAppServer } from "../../src/server/app-server.ts";
import { bearerOf } from "../../src/server/transport/bearer.ts";
import { addressOf, type EndpointAuth } from "../../src/server/transport/endpoint.ts";
import { requireOwnSocket } from "../../src/server/transport/socket-owner.ts";
import { testFolder } from "../support/home.ts";

const folder = testFolder("endpoint");
afterAll(() => folder.remove());
const token: EndpointAuth = { type: "capability-token", secret: "planted-token-1" };

const codeOf = (run: () => unknown): unknown => {
  try {
    run();
    return "accepted";
  } catch (thrown) {
    expect(JSON.stringify([String(thrown), thrown])).not.toContain("planted");
    return (thrown as { code?: unknown; remedy?: unknown }).remedy ? (thrown as { code?: unknown }).code : "no remedy";
  }
};

describe("an endpoint's address", () => {
  it.each([
    ["unix:///run/codex/app.sock", undefined, "unix:///run/codex/app.sock"],
    ["unix:/run/codex/../codex/app.sock", undefined, "unix:///run/codex/app.sock"],
    ["ws://127.0.0.1:4500", undefined, "ws://127.0.0.1:4500"],
    ["ws://localhost:4500/", token, "ws://localhost:4500"],
    ["ws://[::1]:4500", undefined, "ws://[::1]:4500"],
    ["wss://127.8.9.1:4500/codex", undefined, "wss://127.8.9.1:4500/codex"],
    ["wss://codex.example.org", token, "wss://codex.example.org"],
  ])("%s is taken", (url, auth, shown) => {
    expect(addressOf({ url, ...(auth ? { auth } : {}) }).shown).toBe(shown);
  });

  it.each([
    ["ws://codex.example.org", token, "endpoint_insecure"],
    ["wss://codex.example.org", undefined, "endpoint_insecure"],
    ["ws://0.0.0.0:4500", token, "endpoint_insecure"],
    ["ws://127.0.0.1.example.org", token, "endpoint_insecure"],
    ["ws://[::ffff:10.0.0.1]", token, "endpoint_insecure"],
    ["http://127.0.0.1:4500", undefined, "endpoint_invalid"],
    ["unix://relative.sock", undefined, "endpoint_invalid"],
    ["unix:///run/codex.sock", token, "endpoint_invalid"],
    ["ws://user:planted@127.0.0.1:4500", undefined, "endpoint_invalid"],
    ["ws://127.0.0.1:4500/?token=planted", undefined, "endpoint_invalid"],
    ["nonsense", undefined, "endpoint_invalid"],
  ])("%s is refused", (url, auth, code) => {
    expect(codeOf(() => addressOf({ url, ...(auth ? { auth } : {}) }))).toBe(code);
  });
});

describe("a token", () => {
  it("is read anew each time, without the line end of its file", async () => {
    const file = path.join(folder.path, "token");
    writeFileSync(file, "first\n", { mode: 0o600 });
    await expect(bearerOf({ type: "capability-token", file })).resolves.toBe("first");
    writeFileSync(file, "second\n");
    await expect(bearerOf({ type: "capability-token", file })).resolves.toBe("second");
  });

  it("is not used when others could have read it, is missing, or cannot stand in a header", async () => {
    const file = path.join(folder.path, "exposed");
    writeFileSync(file, "planted-token-2");
    chmodSync(file, 0o640);
    const refused = async (auth: EndpointAuth) => {
      const error: unknown = await bearerOf(auth).catch((thrown: unknown) => thrown);
      expect(JSON.stringify([String(error), error])).not.toContain("planted");
      return (error as { code?: unknown }).code;
    };
    expect(await refused({ type: "capability-token", file })).toBe("endpoint_secret_exposed");
    expect(await refused({ type: "capability-token", file: `${file}-not` })).toBe("endpoint_secret_missing");
    expect(await refused({ type: "capability-token", env: "NO_SUCH_VARIABLE" })).toBe("endpoint_secret_missing");
    expect(await refused({ type: "capability-token" })).toBe("endpoint_secret_missing");
    expect(await refused({ type: "capability-token", secret: "planted", env: "PATH" })).toBe("endpoint_secret_missing");
    expect(await refused({ type: "capability-token", secret: "planted\r\nX: y" })).toBe("endpoint_secret_unusable");
  });
});

const socketAt = async (name: string): Promise<{ file: string; close(): void }> => {
  // Paths of sockets are short, and relative ones are made absolute by who listens.
  const file = path.join(folder.path, name);
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(path.relative(process.cwd(), file), resolve));
  chmodSync(file, 0o600);
  return { file, close: () => server.close() };
};

describe("a unix socket", () => {
  it("is used only when it is ours alone, in a folder only we can change", async () => {
    const { file, close } = await socketAt("a.sock");
    chmodSync(folder.path, 0o700);
    await expect(requireOwnSocket(file)).resolves.toBe(file);
    chmodSync(file, 0o660);
    await expect(requireOwnSocket(file)).rejects.toMatchObject({ code: "endpoint_not_ours" });
    chmodSync(file, 0o600);
    chmodSync(folder.path, 0o770);
    await expect(requireOwnSocket(file)).rejects.toMatchObject({ code: "endpoint_not_ours" });
    chmodSync(folder.path, 0o1777);
    await expect(requireOwnSocket(file)).resolves.toBe(file);
    chmodSync(folder.path, 0o700);
    await expect(requireOwnSocket(folder.path)).rejects.toMatchObject({ code: "endpoint_not_found" });
    await expect(requireOwnSocket(`${file}-not`)).rejects.toMatchObject({ code: "endpoint_not_found" });
    close();
  });

  it("may be a link, as newer releases leave it: then what it leads to must be ours as well", async () => {
    const { file, close } = await socketAt("c.sock");
    chmodSync(folder.path, 0o700);
    const place = path.join(folder.path, "links");
    mkdirSync(place, { mode: 0o700 });
    const link = path.join(place, "app.sock");
    symlinkSync("../c.sock", link);
    await expect(requireOwnSocket(link)).resolves.toBe(file);
    chmodSync(file, 0o666);
    await expect(requireOwnSocket(link)).rejects.toMatchObject({ code: "endpoint_not_ours" });
    chmodSync(file, 0o600);
    chmodSync(place, 0o777);
    await expect(requireOwnSocket(link)).rejects.toMatchObject({ code: "endpoint_not_ours" });
    chmodSync(place, 0o700);
    chmodSync(folder.path, 0o770);
    await expect(requireOwnSocket(link)).rejects.toMatchObject({ code: "endpoint_not_ours" });
    chmodSync(folder.path, 0o700);
    const second = path.join(place, "again.sock");
    symlinkSync("app.sock", second);
    await expect(requireOwnSocket(second)).rejects.toMatchObject({ code: "endpoint_not_found" });
    if (process.getuid?.() === 0) {
      lchownSync(link, 65_534, 65_534);
      await expect(requireOwnSocket(link)).rejects.toMatchObject({ code: "endpoint_not_ours" });
    }
    close();
    rmSync(link);
    symlinkSync("../gone.sock", link);
    await expect(requireOwnSocket(link)).rejects.toMatchObject({ code: "endpoint_not_found" });
  });

  it.runIf(process.getuid?.() === 0)("is refused when it, or its folder, belongs to somebody else", async () => {
    const { file, close } = await socketAt("b.sock");
    chownSync(file, 65_534, 65_534);
    await expect(requireOwnSocket(file)).rejects.toMatchObject({ code: "endpoint_not_ours" });
    await expect(startAppServer({ endpoint: { url: `unix://${file}` } })).rejects.toMatchObject({
      code: "endpoint_not_ours",
      remedy: expect.stringContaining("same user"),
    });
    chownSync(file, 0, 0);
    chownSync(folder.path, 65_534, 65_534);
    await expect(requireOwnSocket(file)).rejects.toMatchObject({ code: "endpoint_not_ours" });
    chownSync(folder.path, 0, 0);
    close();
  });

  it("constructed: another owner, also where tests do not run as root; a system without owners", async () => {
    const facts = (uid: number, mode: number) =>
      ({ uid, mode, isSocket: () => true, isSymbolicLink: () => false }) as Stats;
    const as = (uid: number | undefined, file: Stats, place: Stats) =>
      requireOwnSocket("/x/a.sock", {
        lstat: async () => file,
        stat: async () => place,
        readlink: async () => "",
        uid,
      });
    await expect(as(1000, facts(1000, 0o600), facts(0, 0o755))).resolves.toBe("/x/a.sock");
    await expect(as(1000, facts(0, 0o600), facts(0, 0o755))).rejects.toMatchObject({ code: "endpoint_not_ours" });
    await expect(as(1000, facts(1000, 0o600), facts(1001, 0o700))).rejects.toMatchObject({ code: "endpoint_not_ours" });
    await expect(as(undefined, facts(0, 0o600), facts(0, 0o755))).rejects.toMatchObject({ code: "endpoint_not_ours" });
  });
});

describe("what an endpoint excludes", () => {
  const endpoint = { url: "ws://127.0.0.1:1" };

  it("options of a process are refused by name", async () => {
    await expect(startAppServer({ endpoint, codexHome: "/x", env: { A: "b" } })).rejects.toMatchObject({
      code: "endpoint_conflict",
      message: expect.stringContaining("codexHome, env"),
    });
  });

  it("a login is refused: it would change whom somebody else's server is logged in as", () => {
    const login = { type: "apiKey", apiKey: "planted-key" } as const;
    expect(codeOf(() => createCodexHarness({ stateDir: folder.path, server: { endpoint }, login }))).toBe(
      "endpoint_login",
    );
  });
});
