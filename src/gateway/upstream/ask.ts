import { createParser } from "eventsource-parser";
import { EnvHttpProxyAgent, request as send } from "undici";
import { GatewayError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { ChatParser } from "./chat.ts";
import { httpError, UpstreamError, withoutKeys } from "./errors.ts";
import { MessagesParser } from "./messages.ts";
import type { AnswerParser } from "./parser.ts";
import type { Provider } from "./provider.ts";
import { quirkFor, withQuirk } from "./quirks.ts";
import type { ModelEvent } from "./types.ts";

export interface Question {
  readonly provider: Provider;
  readonly body: JsonObject;
  /** Features of the Messages API that the harness uses. */
  readonly betas?: readonly string[];
  /** Call ids the conversation already has. */
  readonly taken: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** Our own name, and nobody else's. */
const userAgent = "codex-bridge";

const paths = { chat: "/chat/completions", messages: "/v1/messages", responses: "/responses" } as const;
const mostErrorBytes = 64 * 1024;

let agent: EnvHttpProxyAgent | undefined;

/** Posts to a provider; its answer is not read yet. Proxies are those of the environment. */
export async function post({ provider, body, betas = [], signal }: Omit<Question, "taken">) {
  // A model may think for as long as it wants: what ends the wait is whoever asked.
  agent ??= new EnvHttpProxyAgent({ headersTimeout: 0, bodyTimeout: 0, connectTimeout: 30_000 });
  const told = withQuirk(body, quirkFor(provider.baseUrl));
  try {
    const response = await send(endpoint(provider), {
      method: "POST",
      headers: headersFor(provider, betas),
      body: JSON.stringify(told),
      signal,
      dispatcher: agent,
    });
    if (response.statusCode >= 200 && response.statusCode < 300) return response;
    const words = await firstText(response.body);
    throw httpError(response.statusCode, words, response.headers, provider.name);
  } catch (thrown) {
    if (thrown instanceof GatewayError || signal.aborted) throw thrown;
    throw unreachable(provider, thrown);
  }
}

/** Asks a model and tells what it answers, as it comes. */
export async function* ask(question: Question): AsyncGenerator<readonly ModelEvent[]> {
  const { provider, taken, signal } = question;
  const response = await post(question);
  const parser: AnswerParser =
    provider.wireApi === "messages"
      ? new MessagesParser({ provider: provider.name, taken })
      : new ChatParser({ provider: provider.name, taken });
  const type = String(response.headers["content-type"] ?? "");
  try {
    if (/\bapplication\/json\b/.test(type)) {
      yield parser.take(await response.body.text());
    } else {
      yield* streamed(response.body, parser);
    }
  } catch (thrown) {
    if (thrown instanceof GatewayError || signal.aborted) throw thrown;
    throw new UpstreamError("cut", `The connection to ${provider.name} broke: ${describe(thrown)}`, { cause: thrown });
  }
  yield parser.end();
}

async function* streamed(body: AsyncIterable<Uint8Array>, parser: AnswerParser): AsyncGenerator<ModelEvent[]> {
  let heard: ModelEvent[] = [];
  const sse = createParser({ onEvent: ({ data }) => heard.push(...parser.take(data)) });
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    sse.feed(decoder.decode(chunk, { stream: true }));
    if (heard.length === 0) continue;
    yield heard;
    heard = [];
  }
  // A last event without its blank line is told all the same.
  sse.feed(`${decoder.decode()}\n\n`);
  if (heard.length > 0) yield heard;
}

function endpoint({ baseUrl, wireApi }: Provider): string {
  const base = baseUrl.replace(/\/+$/, "");
  const path = paths[wireApi];
  // Both forms are in use for Messages: with and without the version.
  return base.endsWith("/v1") && path.startsWith("/v1/") ? `${base}${path.slice(3)}` : `${base}${path}`;
}

function headersFor({ key, wireApi }: Provider, betas: readonly string[]): Record<string, string> {
  const common = { "content-type": "application/json", accept: "text/event-stream", "user-agent": userAgent };
  if (wireApi !== "messages") return { ...common, ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };
  return {
    ...common,
    "anthropic-version": "2023-06-01",
    ...(betas.length > 0 ? { "anthropic-beta": betas.join(",") } : {}),
    ...(key === undefined ? {} : { "x-api-key": key }),
  };
}

async function firstText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    pieces.push(chunk);
    bytes += chunk.length;
    if (bytes > mostErrorBytes) break;
  }
  return Buffer.concat(pieces).toString("utf8");
}

function unreachable(provider: Provider, thrown: unknown): UpstreamError {
  return new UpstreamError("unavailable", `${provider.name} cannot be reached: ${describe(thrown)}`, { cause: thrown });
}

function describe(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null)?.code;
  return withoutKeys(typeof code === "string" ? code : thrown instanceof Error ? thrown.message : String(thrown));
}
