/* What understands a server, with the packages that takes: loaded while the server prepares its first answer. */

export { decodeResult } from "../protocol/decode.ts";
export { decodeNotification } from "../protocol/events.ts";
export { factsFor } from "../protocol/facts.ts";
export { MissingMethods } from "./missing-methods.ts";
export { admitted } from "./version-gate.ts";
