import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import net, { type AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { installRelease } from "../../scripts/codex-releases.ts";
import { floorVersion } from "../../src/protocol/user-agent.ts";
import { startAppServer } from "../../src/server/app-server.ts";
import { findCodexBinary } from "../../src/server/binary.ts";
import type { EndpointAuth } from "../../src/server/transport/endpoint.ts";
import { testFolder } from "../support/home.ts";
import { type Listening, listening } from "../support/listening.ts";

const folder = testFolder("remote");
afterAll(() => folder.remove());
const secretFile = (name: string, content: string): string => {
  const file = path.join(folder.path, name);
  writeFileSync(file, `${content}\n`, { mode: 0o600 });
  return file;
};
const token = "capability-token-planted--0123456789abcdef";
const tokenFile = secretFile("token", token);
const secret = "shared-secret-planted-0123456789abcdef";
const sharedSecretFile = secretFile("secret", secret);

/** What comes of connecting; whatever it is, it holds no secret. */
async function attempt(url: string, auth?: EndpointAuth, startTimeoutMs = 20_000): Promise<unknown> {
  const logged: string[] = [];
  try {
    const server = await startAppServer({
      endpoint: { url, ...(auth ? { auth } : {}) },
      startTimeoutMs,
      log: (...line) => logged.push(JSON.stringify(line)),
    });
    expect(server.where).toBe(url);
    expect(server.process).toBeUndefined();
    await server.call("thread/loaded/list", {});
    await server.stop();
    await expect(server.closed).resolves.toMatchObject({ code: "server_left" });
    return server.info.version;
  } catch (thrown) {
    const error = thrown as Error & { code: string; remedy?: string };
    const told = JSON.stringify([error.stack, error.message, error, String(error.cause), logged]);
    for (const hidden of [token, secret, "planted", "Bearer"]) expect(told).not.toContain(hidden);
    return error.code;
  }
}

describe.each([floorVersion, "managed"])("what Codex %s demands of who connects", (version) => {
  let command: string;
  let server: Listening | undefined;
  beforeAll(async () => {
    command = version === "managed" ? findCodexBinary().command : (await installRelease(version)).command;
  }, 300_000);
  afterEach(() => server?.kill());
  const open = async (...auth: string[]): Promise<string> => {
    server = await listening({ command, home: path.join(folder.path, `h${version}`), kind: "websocket", auth });
    return server.url;
  };

  it("a capability token", async () => {
    const url = await open("--ws-auth", "capability-token", "--ws-token-file", tokenFile);
    const type = "capability-token" as const;
    expect(await attempt(url)).toBe("endpoint_unauthorized");
    expect(await attempt(url, { type, secret: "another-planted-token" })).toBe("endpoint_unauthorized");
    expect(await attempt(url, { type, file: tokenFile })).toMatch(/^0\./);
    process.env.TEST_REMOTE_TOKEN = token;
    expect(await attempt(url, { type, env: "TEST_REMOTE_TOKEN" })).toMatch(/^0\./);
    delete process.env.TEST_REMOTE_TOKEN;
    expect(server?.alive).toBe(true);
  });

  it("a token signed with a shared secret", async () => {
    const named = ["--ws-issuer", "bridge", "--ws-audience", "codex"];
    const url = await open("--ws-auth", "signed-bearer-token", "--ws-shared-secret-file", sharedSecretFile, ...named);
    const auth = { type: "signed-bearer-token", file: sharedSecretFile, issuer: "bridge", audience: "codex" } as const;
    expect(await attempt(url, auth)).toMatch(/^0\./);
    expect(await attempt(url, { ...auth, audience: "somebody else" })).toBe("endpoint_unauthorized");
    const other = { type: auth.type, secret: "another-planted-secret-0123456789abc" } as const;
    expect(await attempt(url, { ...other, issuer: "bridge", audience: "codex" })).toBe("endpoint_unauthorized");
    const old = [{ alg: "HS256" }, { iss: "bridge", aud: "codex", exp: 1_700_000_000 }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const expired = `${old}.${createHmac("sha256", secret).update(old).digest("base64url")}`;
    expect(await attempt(url, { type: "capability-token", secret: expired })).toBe("endpoint_unauthorized");
  });

  it("messages of up to 64 MiB, though its frames end at 16", async () => {
    const url = await open();
    const remote = await startAppServer({ endpoint: { url } });
    const padding = "x".repeat(40 * 1024 * 1024);
    await expect(remote.request("thread/loaded/list", { padding })).resolves.toMatchObject({ data: [] });
    await remote.stop();
  }, 60_000);
});

describe("who is no app-server the bridge may use", () => {
  /* constructed: no real Codex is older than the floor, sends such messages or speaks without TLS on wss. */
  const fake = async (answer: (id: unknown) => string) => {
    const listener = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await new Promise((resolve) => listener.once("listening", resolve));
    listener.on("connection", (socket) => {
      socket.on("message", (data) => {
        const { id } = JSON.parse(String(data)) as { id?: unknown };
        if (id !== undefined) socket.send(answer(id));
      });
    });
    const { port } = listener.address() as AddressInfo;
    return { url: `ws://127.0.0.1:${port}`, listener };
  };

  it("one that is too old, or does not say what it is: the version gate is the same", async () => {
    const old = await fake((id) =>
      JSON.stringify({ id, result: { userAgent: "codex/0.124.9 (Linux; x86_64) xterm (codex-bridge; 1)" } }),
    );
    expect(await attempt(old.url)).toBe("server_too_old");
    await expect.poll(() => old.listener.clients.size).toBe(0);
    old.listener.close();
    const nameless = await fake((id) => JSON.stringify({ id, result: {} }, undefined, 2));
    expect(await attempt(nameless.url)).toBe("server_version_missing");
    nameless.listener.close();
  });

  it("one that ends the connection before the handshake", async () => {
    const { url, listener } = await fake(() => "{}");
    listener.on("connection", (socket) => socket.close());
    expect(await attempt(url)).toBe("endpoint_not_codex");
    listener.close();
  });

  it("one that stays silent, before the upgrade or after it", async () => {
    const silent = net.createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const { port } = silent.address() as AddressInfo;
    expect(await attempt(`ws://127.0.0.1:${port}`, undefined, 500)).toBe("endpoint_unreachable");
    silent.close();
    const { url, listener } = await fake(() => "{}");
    expect(await attempt(url, undefined, 500)).toBe("server_start_timeout");
    listener.close();
  });

  it("a web server, no server, and one without TLS behind wss", async () => {
    const web = createServer((_, response) => response.writeHead(404).end()).listen(0, "127.0.0.1");
    await new Promise((resolve) => web.once("listening", resolve));
    const { port } = web.address() as AddressInfo;
    expect(await attempt(`ws://127.0.0.1:${port}`)).toBe("endpoint_not_codex");
    expect(await attempt(`wss://127.0.0.1:${port}`)).toBe("endpoint_tls");
    web.closeAllConnections();
    await new Promise((resolve) => web.close(resolve));
    expect(await attempt(`ws://127.0.0.1:${port}`)).toBe("endpoint_unreachable");
  });
});
