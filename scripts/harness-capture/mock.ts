import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readAll } from "node:stream/consumers";
import { chatEvents, messagesEvents, type ScriptedAnswer } from "../../test/gateway/support/upstream.ts";

/** A request as a CLI sent it. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Empty where none was sent. */
  readonly body: Record<string, unknown>;
}

export interface Mock {
  readonly url: string;
  /** Requests that offer the model tools: the conversation. */
  readonly requests: RawRequest[];
  /** Everything else a CLI asked: probes, titles, lists. */
  readonly others: RawRequest[];
  close(): Promise<void>;
}

/** A provider on loopback that gives a conversation the scripted answers and everything else as little as possible. */
export async function startMock(wire: "chat" | "messages", answers: readonly ScriptedAnswer[]): Promise<Mock> {
  const requests: RawRequest[] = [];
  const others: RawRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const { method = "GET", url = "/", headers } = incoming;
    const body = parsed(await readAll(incoming));
    const request: RawRequest = {
      method,
      path: url,
      headers,
      body,
    };
    const talks = method === "POST" && Array.isArray(body.messages);
    const main = talks && Array.isArray(body.tools) && body.tools.length > 0;
    const answer = main ? answers[requests.length] : undefined;
    (main ? requests : others).push(request);
    if (!talks) {
      response.writeHead(method === "HEAD" ? 200 : 404, { "content-type": "application/json" });
      response.end(method === "HEAD" ? undefined : "{}");
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const events = (wire === "chat" ? chatEvents : messagesEvents)(answer ?? { say: "done" }).join("");
    response.end(events.replace('"id":"m"', messageHead(body.model, requests.length + others.length)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    others,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Claude Code takes answers with the same id for one, and gives thinking back to the model it came from only. */
function messageHead(model: unknown, number: number): string {
  const head = { id: `msg_${number}`, type: "message", role: "assistant", model, content: [], stop_reason: null };
  return JSON.stringify(head).slice(1, -1);
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
