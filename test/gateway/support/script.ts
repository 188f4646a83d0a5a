import type { ScriptedAnswer, UpstreamRequest } from "./upstream.ts";

/** Where the turn begins; pictures that tools returned come in user messages of their own. */
function turnStart({ body }: UpstreamRequest): number {
  return body.messages.findLastIndex(
    ({ role, content }) => role === "user" && !JSON.stringify(content).includes("Pictures returned by the tool"),
  );
}

/** How many answers the model has given since the last user message. */
export function stepOf(request: UpstreamRequest): number {
  return request.body.messages.slice(turnStart(request)).filter(({ role }) => role === "assistant").length;
}

/** One answer after the other, in every turn anew. */
export function steps(...answers: ScriptedAnswer[]): (request: UpstreamRequest) => ScriptedAnswer {
  return (request) => answers[stepOf(request)] ?? { say: "no more" };
}

/** Contents of the tool messages since the last user message. */
export function toolResults(request: UpstreamRequest): string[] {
  return request.body.messages
    .slice(turnStart(request))
    .flatMap(({ role, content }) => (role === "tool" ? [String(content)] : []));
}
