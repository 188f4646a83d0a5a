import { createServer, request as forward, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { playFile } from "../../src/scripted-model/play.ts";
import type { Reply, Script } from "../../src/scripted-model/script.ts";
import { type ModelRequest, type ScriptedModel, startScriptedModel } from "../../src/scripted-model/server.ts";

/** What every session of a host under test runs on. */
export const conversationModel = "gpt-5.5";

/** What a session goes on with when its model cannot be had, where that is configured. */
export const fallbackModel = "gpt-5.4";

/** The model behind the Codex of a host under test; what it plays is changed from scenario to scenario. */
export interface StageModel {
  readonly url: string;
  readonly requests: readonly ModelRequest[];
  play(script: Script | undefined): void;
  close(): Promise<void>;
}

/**
 * A scripted model with a front for what only Codex's built-in provider does, which the incumbent insists on: it tries
 * a WebSocket first (426 means "use HTTP"), and it lets the model service compact a conversation.
 */
export async function startStageModel(): Promise<StageModel> {
  let script: Script | undefined;
  const answer = async (request: ModelRequest): Promise<Reply> => {
    if (!isConversation(request)) return [{ say: "A recap.", phase: "final_answer" }];
    if (script === undefined) return playFile({ turns: [{ when: "^$", steps: [] }] }, request);
    return typeof script === "function" ? await script(request) : playFile(script, request);
  };
  const model = await startScriptedModel({ script: answer });
  const front = await startFront(model);
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}/v1`,
    requests: model.requests,
    play(next) {
      script = next;
    },
    async close() {
      front.closeAllConnections();
      front.close();
      await model.close();
    },
  };
}

/** False for what a host asks for itself (titles, recaps), with its small model. */
export function isConversation(request: ModelRequest): boolean {
  const { model } = request.body;
  return model === undefined || model === conversationModel || model === fallbackModel;
}

function startFront(model: ScriptedModel): Promise<Server> {
  const target = new URL(model.url);
  const server = createServer({ requireHostHeader: false }, (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.once("end", () => {
      const body = Buffer.concat(chunks);
      if (body.includes('"type":"compaction_trigger"')) return compactRemotely(outgoing);
      const { method, url, headers } = incoming;
      const onward = forward({ host: target.hostname, port: target.port, method, path: url, headers }, (reply) => {
        outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(outgoing);
        reply.once("error", () => outgoing.destroy());
      });
      onward.once("error", () => outgoing.destroy());
      outgoing.once("close", () => onward.destroy());
      onward.end(body);
    });
  });
  server.on("upgrade", (_request, socket) => {
    socket.end("HTTP/1.1 426 Upgrade Required\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
  });
  server.keepAliveTimeout = 0;
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

/** What a model service answers when Codex asks it to compact: one opaque item that stands for the conversation. */
function compactRemotely(outgoing: ServerResponse): void {
  const item = { type: "compaction", encrypted_content: "c2NyaXB0ZWQgY29tcGFjdGlvbg==" };
  const usage = {
    input_tokens: 900,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 920,
  };
  const envelope = { id: "resp_compaction", object: "response", model: "scripted" };
  outgoing.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of [
    { type: "response.created", response: { ...envelope, status: "in_progress" } },
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: { ...envelope, status: "completed", output: [item], usage } },
  ]) {
    outgoing.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  }
  outgoing.end();
}
