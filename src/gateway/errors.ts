import { BridgeError } from "../errors.ts";

/** Something of the configuration, the route or an upstream that keeps the gateway from serving a turn. */
export class GatewayError extends BridgeError {}
