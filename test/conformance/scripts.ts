import type { Part } from "../../src/scripted-model/script.ts";
import type { ModelRequest } from "../../src/scripted-model/server.ts";
import { offeredTools } from "../../src/scripted-model/tool-shape.ts";
import type { ConformanceHost } from "./host.ts";

/* Little scripts, and what can be read of what the model was told. */

export const said = (text: string): Part[] => [{ say: text, phase: "final_answer" }];

/** Plays one step after the other, and ends with the words "done". */
export function playing(
  host: ConformanceHost,
  ...steps: (Part[] | ((request: ModelRequest) => Part[]))[]
): { readonly requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  host.reply = (request) => {
    requests.push(request);
    const step = steps[request.step] ?? said("done");
    return typeof step === "function" ? step(request) : step;
  };
  return { requests };
}

/** A call of the MCP server `demo`. Releases write its namespace in two ways, and newer ones do not list its tools. */
export function mcpCall(request: ModelRequest, call: string, args: object): Part[] {
  const offered = offeredTools(request.body).find(({ name }) => name === call);
  return [{ call, namespace: offered?.namespace ?? "mcp__demo", args }];
}

/** What the model was told its tools had put out, in the last request. */
export function told(played: { readonly requests: readonly ModelRequest[] }): string[] {
  return (played.requests.at(-1)?.toolOutputs ?? []).map(({ text }) => text);
}

/** Everything the model was sent with a request, for looking for words in it. */
export const input = (request: ModelRequest | undefined): string => JSON.stringify(request?.body.input ?? []);

export const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
