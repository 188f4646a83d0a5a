import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { zstdDecompressSync } from "node:zlib";
import { parseGatewayConfig } from "../../src/gateway/config.ts";
import { Gateway } from "../../src/gateway/gateway.ts";
import { createCodexHarness } from "../../src/harness/codex-harness.ts";
import { EmbeddedHost } from "../../src/host/embedded-host.ts";
import { startUpstream } from "../../test/gateway/support/upstream.ts";
import { testFolder } from "../../test/support/home.ts";
import { prompt } from "./play.ts";
import { schemaShape } from "./schema-shape.ts";

/* What Codex asks its model at the beginning of a harness mode's turn, without what it says. */

/** A request of Codex: the fields of its body, texts replaced by marks in braces. */
export interface CodexTemplate {
  readonly of: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly input: readonly unknown[]; readonly [field: string]: unknown };
}

/** Runs one turn of the managed Codex behind the gateway and keeps its first request. */
export async function codexRequest(): Promise<CodexTemplate> {
  const folder = testFolder("harness-capture");
  const upstream = await startUpstream("chat", () => ({ say: "done" }));
  const providers = { up: { base_url: upstream.url, env_key: "UP_KEY", wire_api: "chat" } };
  const config = parseGatewayConfig({ harness: "minimal", model_provider: "up", model_providers: providers });
  const gateway = new Gateway({ stateDir: folder.path, config, env: { UP_KEY: "dummy-key-of-the-capture" } });
  const tap = await startTap();
  const harness = createCodexHarness({
    stateDir: folder.path,
    server: {
      codexHome: path.join(folder.path, "home"),
      configOverrides: ["analytics.enabled=false", "features.plugins=false"],
      env: { HOME: folder.path },
    },
    modelRouter: async ({ session, model = "m" }) => {
      const access = (await gateway.access({ session: session.key, model, cwd: folder.path }))!;
      return { ...access, config: tap.before(access.config) };
    },
  });
  const host = new EmbeddedHost({ stateDir: folder.path, harnesses: [harness] });
  try {
    await host.runTurn({
      sessionKey: "s",
      prompt,
      cwd: folder.path,
      approvalPolicy: "never",
      sandbox: "read-only",
      model: "m",
    });
    const [request] = tap.requests;
    if (!request) throw new Error("Codex asked nothing.");
    return templateOf(request);
  } finally {
    await host.dispose();
    await gateway.close();
    await tap.close();
    await upstream.close();
    folder.remove();
  }
}

interface Tapped {
  readonly userAgent: string;
  readonly body: Record<string, unknown>;
}

/** Stands before the gateway and keeps what passes. */
async function startTap() {
  const requests: Tapped[] = [];
  let target = "";
  const server = createServer(async (incoming, response) => {
    const bytes = await buffer(incoming);
    requests.push({ userAgent: String(incoming.headers["user-agent"]), body: readBody(incoming, bytes) });
    const headers = Object.entries(incoming.headers).filter(
      ([name]) => !/^(host|connection|content-length)$/.test(name),
    );
    const answer = await fetch(`${target}${incoming.url}`, {
      method: "POST",
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: bytes,
    });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    /** The configuration of a thread whose provider is this tap. */
    before(config: Record<string, unknown>): Record<string, unknown> {
      const text = JSON.stringify(config).replace(/http:\/\/127\.0\.0\.1:\d+/, (origin) => {
        target = origin;
        return `http://127.0.0.1:${port}`;
      });
      return JSON.parse(text);
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function readBody({ headers }: IncomingMessage, bytes: Buffer): Record<string, unknown> {
  return JSON.parse(String(headers["content-encoding"] === "zstd" ? zstdDecompressSync(bytes) : bytes));
}

function templateOf({ userAgent, body }: Tapped): CodexTemplate {
  const version = /\/(\d+\.\d+\.\d+)/.exec(userAgent)?.[1] ?? "";
  const { input, tools = [], instructions, client_metadata, prompt_cache_key, ...more } = body;
  return {
    of: `@openai/codex ${version}`,
    headers: { "user-agent": `codex/${version}` },
    body: {
      ...more,
      ...(instructions === undefined ? {} : { instructions: "{text}" }),
      tools: (tools as unknown[]).map(toolShape),
      input: (input as unknown[]).map(itemShape),
    },
  };
}

function itemShape(item: unknown): unknown {
  const { role, content, tools, ...more } = item as Record<string, unknown>;
  if (Array.isArray(tools)) return { ...more, ...(role === undefined ? {} : { role }), tools: tools.map(toolShape) };
  const parts = (content as { type: string; text?: string }[]).map(({ type, text = "" }) => ({
    type,
    text: fragmentShape(text),
  }));
  return { type: "message", role, content: parts };
}

/** The tag a text of Codex's own stands in; of the environment also the folder. */
function fragmentShape(text: string): string {
  if (text === prompt) return "{prompt}";
  const tag = /^<([a-z_ ]+)>/.exec(text.trimStart())?.[1];
  if (tag === undefined) return "{text}";
  const inner = tag === "environment_context" ? "<cwd>{cwd}</cwd>" : "{text}";
  return `<${tag}>${inner}</${tag}>`;
}

function toolShape(tool: unknown): unknown {
  const { type, name, parameters, tools } = tool as Record<string, unknown>;
  return {
    type,
    ...(name === undefined ? {} : { name }),
    ...(parameters === undefined ? {} : { parameters: schemaShape(parameters) }),
    ...(Array.isArray(tools) ? { tools: tools.map(toolShape) } : {}),
  };
}
