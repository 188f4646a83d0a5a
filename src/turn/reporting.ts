import type { IncomingRequest } from "../wire/connection.ts";

/** The request with its answer reported once, whoever gives it. */
export function reporting(request: IncomingRequest, onAnswered: () => void): IncomingRequest {
  return {
    id: request.id,
    method: request.method,
    params: request.params,
    get answered() {
      return request.answered;
    },
    respond: (result) => {
      const first = request.respond(result);
      onAnswered();
      return first;
    },
    reject: (error) => {
      const first = request.reject(error);
      onAnswered();
      return first;
    },
  };
}
