import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import net, { type AddressInfo } from "node:net";
import path from "node:path";
import tls from "node:tls";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endpointFrom } from "../../src/cli/endpoint.ts";
import type { RunOptions } from "../../src/cli/run.ts";
import { scriptedOverrides } from "../../src/library/scripted.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/scripted-model/server.ts";
import { codexBridge } from "../support/cli.ts";
import { testFolder } from "../support/home.ts";
import { type Listening, listening } from "../support/listening.ts";
import { runningBelow } from "../support/processes.ts";

const folder = testFolder("cli-connect");
const tokenFile = path.join(folder.path, "token");
const token = "capability-token-planted--0123456789abcdef";
let model: ScriptedModel;
let server: Listening;

beforeAll(async () => {
  writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
  model = await startScriptedModel();
  server = await listening({
    home: path.join(folder.path, "h"),
    kind: "websocket",
    overrides: scriptedOverrides(model.url),
    auth: ["--ws-auth", "capability-token", "--ws-token-file", tokenFile],
  });
}, 60_000);
afterAll(async () => {
  await server.kill();
  await model.close();
  folder.remove();
  expect(runningBelow(process.pid)).toEqual([]);
});

const bridgeIn = (env: Record<string, string>, ...args: string[]) => codexBridge(folder.path, args, env);
const bridge = (...args: string[]) => bridgeIn({}, ...args);
const run = (...args: string[]) => bridge("run", "--json", "--state", "state", ...args);

describe("codex-bridge run --connect", () => {
  it("runs a turn on a server that was there before, and leaves it running", { timeout: 120_000 }, async () => {
    const connect = ["--connect", server.url, "--token-file", tokenFile];
    const done = await run(...connect, "--session", "far", "--record", "rec", "hello");
    expect(done).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("recorded") });
    const document = JSON.parse(done.stdout);
    expect(document).toMatchObject({
      ok: true,
      text: expect.stringContaining("hello"),
      server: { remote: true, binary: server.url, sha256: "" },
    });
    expect(server.alive).toBe(true);
    const again = JSON.parse((await run(...connect, "--session", "far", "hello again")).stdout);
    expect(again).toMatchObject({ ok: true, thread: { id: document.thread.id, resumed: true } });

    // Whose executable that is, nobody here could look at: it is said, and not shown.
    writeFileSync(path.join(folder.path, "run.json"), done.stdout);
    const proof = await bridge("prove", "rec", "--run", "run.json", "--session", "far", "--state", "state");
    expect(proof.exitCode).toBe(1);
    expect(proof.stdout).toContain("somebody else ran the app-server (--connect)");
    expect(proof.stdout).not.toContain("no sha256");
    expect(done.stdout + again.text + proof.stdout).not.toContain("planted");
  });

  it("says what is wrong with the token, without saying it", { timeout: 60_000 }, async () => {
    const other = path.join(folder.path, "other");
    writeFileSync(other, "another-planted-token\n", { mode: 0o600 });
    const codes: unknown[] = [];
    for (const args of [[], ["--token-file", other], ["--token-file", path.join(folder.path, "none")]]) {
      const refused = await run("--connect", server.url, ...args, "hello");
      expect(refused.exitCode).toBe(1);
      expect(refused.stdout + refused.stderr).not.toContain("planted");
      const { error } = JSON.parse(refused.stdout);
      expect(error.remedy).toBeTruthy();
      codes.push(error.code);
    }
    expect(codes).toEqual(["endpoint_unauthorized", "endpoint_unauthorized", "endpoint_secret_missing"]);
    chmodSync(other, 0o644);
    const exposed = await run("--connect", server.url, "--token-file", other, "hello");
    expect(JSON.parse(exposed.stdout).error.code).toBe("endpoint_secret_exposed");
    const both = await run("--connect", server.url, "--scripted", "--session", "x", "hello");
    expect(JSON.parse(both.stdout).error).toMatchObject({
      code: "cli_options",
      remedy: expect.stringContaining("--scripted"),
    });
  });
});

describe("a server behind TLS", () => {
  /** What stands in front of a listener on another machine: TLS with a certificate of one's own authority. */
  const behindTls = async () => {
    const [key, cert] = [path.join(folder.path, "key.pem"), path.join(folder.path, "cert.pem")];
    const subject = ["-subj", "/CN=codex.test", "-addext", "subjectAltName=IP:127.0.0.1"];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    await execa("openssl", ["req", "-x509", ...curve, "-keyout", key, "-out", cert, "-days", "2", ...subject]);
    const front = tls.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (client) => {
      const upstream = net.connect(Number(new URL(server.url).port), "127.0.0.1");
      for (const each of [client, upstream]) each.on("error", () => [client, upstream].map((end) => end.destroy()));
      client.pipe(upstream).pipe(client);
    });
    await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
    return { front, cert, url: `wss://127.0.0.1:${(front.address() as AddressInfo).port}` };
  };

  it("is used when its authority is trusted, and refused when not", { timeout: 120_000 }, async () => {
    const { front, cert, url } = await behindTls();
    const args = ["run", "--json", "--state", "state", "--connect", url, "--token-file", tokenFile, "--session", "tls"];
    const trusted = await bridgeIn({ NODE_EXTRA_CA_CERTS: cert }, ...args, "hello");
    expect(JSON.parse(trusted.stdout)).toMatchObject({ ok: true, server: { remote: true, binary: url } });
    const untrusted = await bridge(...args, "hello");
    expect(untrusted.exitCode).toBe(1);
    expect(JSON.parse(untrusted.stdout).error).toMatchObject({
      code: "endpoint_tls",
      remedy: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
    });
    // The certificate is for one name only.
    const misnamed = url.replace("127.0.0.1", "localhost");
    const elsewhere = await bridgeIn({ NODE_EXTRA_CA_CERTS: cert }, ...args.with(5, misnamed), "hello");
    expect(JSON.parse(elsewhere.stdout).error.code).toBe("endpoint_tls");
    await new Promise((resolve) => front.close(resolve));
  });
});

describe("options that exclude each other", () => {
  const connect = "ws://127.0.0.1:1";
  const wrong: [Partial<RunOptions>, string][] = [
    [{ tokenFile: "t" }, "--connect"],
    [{ sharedSecretFile: "t" }, "--connect"],
    [{ tokenIssuer: "i" }, "--connect"],
    [{ connect, codex: "/x/codex" }, "--codex"],
    [{ connect, scripted: true }, "--scripted"],
    [{ connect, tokenFile: "t", sharedSecretFile: "s" }, "server was started with"],
    [{ connect, tokenIssuer: "i" }, "--shared-secret-file"],
    [{ connect, tokenFile: "t", tokenAudience: "a" }, "--shared-secret-file"],
  ];
  it.each(wrong)("%j", (options, remedy) => {
    expect(() => endpointFrom(options as RunOptions)).toThrow(
      expect.objectContaining({ code: "cli_options", remedy: expect.stringContaining(remedy) }),
    );
  });

  it("the others name a server, or none", () => {
    const of = (options: Partial<RunOptions>) => endpointFrom(options as RunOptions);
    expect(of({ scripted: true, codex: "x" })).toBeUndefined();
    expect(of({ connect, scripted: false })).toEqual({ url: connect });
    expect(of({ connect, tokenFile: "t" })).toEqual({ url: connect, auth: { type: "capability-token", file: "t" } });
    expect(of({ connect, sharedSecretFile: "s", tokenIssuer: "i", tokenAudience: "a" })).toEqual({
      url: connect,
      auth: { type: "signed-bearer-token", file: "s", issuer: "i", audience: "a" },
    });
  });
});
