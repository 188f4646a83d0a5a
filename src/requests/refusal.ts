import type { IncomingRequest } from "../wire/connection.ts";

/** An answer that is no result but a refusal in the protocol's own terms. */
export class Refusal {
  readonly code: number;
  readonly message: string;

  constructor(code: number, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** Sends an answer as what it is: a result, or a refusal. */
export function sendAnswer(request: IncomingRequest, answer: unknown): void {
  if (answer instanceof Refusal) request.reject({ code: answer.code, message: answer.message });
  else request.respond(answer);
}
