import { createParser } from "eventsource-parser";
import { parseGatewayConfig } from "../../../src/gateway/config.ts";
import { Gateway, type GatewayAccess, type GatewayOptions } from "../../../src/gateway/gateway.ts";
import { testFolder } from "../../support/home.ts";
import { startUpstream, type UpstreamScript } from "./upstream.ts";

export interface ResponsesEvent {
  readonly type: string;
  readonly response?: {
    readonly error?: { readonly code: string; readonly message: string };
    readonly usage?: unknown;
  };
  readonly item?: Item;
  readonly delta?: string;
}

export interface Item {
  readonly type: string;
  readonly call_id?: string;
  readonly name?: string;
  readonly arguments?: string;
  readonly encrypted_content?: string | null;
  readonly content?: readonly { readonly text: string }[];
  readonly [field: string]: unknown;
}

/** A gateway that is asked by the test instead of by a Codex: every byte of both ends is in its hands. */
export async function openDirect(
  name: string,
  script: UpstreamScript,
  options: Partial<GatewayOptions> & {
    wire?: "chat" | "messages" | "responses";
    harness?: string;
    config?: object;
  } = {},
) {
  const folder = testFolder(name);
  const { wire = "chat", harness = "minimal", config, ...more } = options;
  const upstream = await startUpstream(wire === "messages" ? "messages" : "chat", script);
  const open = (): Gateway =>
    new Gateway({
      stateDir: folder.path,
      config: parseGatewayConfig({
        harness,
        model_provider: "up",
        model_providers: { up: { name: "Up", base_url: upstream.url, env_key: "UP_KEY", wire_api: wire } },
        ...config,
      }),
      env: { UP_KEY: "sk-upstream-secret-0123456789" },
      ...more,
    });
  let gateway = open();
  const access = async (session = "s"): Promise<GatewayAccess> =>
    (await gateway.access({ session, model: "m", cwd: folder.path }))!;
  const place = async (session?: string) => {
    const { config: told } = await access(session);
    const { "codex-bridge": provider } = told.model_providers as Record<string, Record<string, string>>;
    return { url: String(provider?.base_url), token: String(provider?.experimental_bearer_token) };
  };
  return {
    folder: folder.path,
    upstream,
    access,
    place,
    get gateway() {
      return gateway;
    },
    async restart() {
      await gateway.close();
      gateway = open();
    },
    /** Asks as Codex does; `input` are Responses items. */
    async ask(
      input: readonly unknown[],
      more: { tools?: readonly unknown[]; turn?: string; signal?: AbortSignal } = {},
    ) {
      const { url, token } = await place();
      const response = await fetch(`${url}/responses`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          "user-agent": "codex/0.169.0 (test)",
          "x-codex-turn-metadata": JSON.stringify({ turn_id: more.turn ?? "t1", thread_id: "th" }),
        },
        body: JSON.stringify({
          model: "bridged:up:m",
          instructions: "base",
          input,
          tools: more.tools ?? usual,
          stream: true,
        }),
        ...(more.signal ? { signal: more.signal } : {}),
      });
      const events: ResponsesEvent[] = [];
      const sse = createParser({ onEvent: ({ data }) => events.push(JSON.parse(data)) });
      const bytes = await response.text();
      sse.feed(bytes);
      const items = events.flatMap(({ type, item }) => (type === "response.output_item.done" && item ? [item] : []));
      return { status: response.status, bytes, events, items, last: events.at(-1) };
    },
    async close() {
      await gateway.close();
      await upstream.close();
      folder.remove();
    },
  };
}

const usual = ["exec_command", "write_stdin", "update_plan", "request_user_input", "view_image"].map((name) => ({
  type: "function",
  name,
  description: name,
  parameters: { type: "object" },
}));

export const user = (text: string) => ({ type: "message", role: "user", content: [{ type: "input_text", text }] });
export const output = (call_id: string, text: string) => ({ type: "function_call_output", call_id, output: text });
/** What Codex says of a command. */
export const ran = (text: string, code = 0): string =>
  `Chunk ID: 1\nWall time: 0.1000 seconds\nProcess exited with code ${code}\nOriginal token count: 1\nOutput:\n${text}`;
