import { ignoredNotifications } from "../protocol/ignored.ts";
import type { InitializeParams } from "../protocol/params.ts";
import type { WireConnection } from "../wire/connection.ts";

export interface ServerInfo {
  readonly version: string;
  readonly userAgent: string;
  readonly codexHome?: string;
  /** The server is newer than the newest release the bridge was tested with. */
  readonly untested: boolean;
}

export interface HandshakeOptions {
  readonly clientName: string;
  readonly clientTitle: string;
  readonly clientVersion: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Asks the server to `initialize`. @returns its answer, which the version gate has to judge: nothing is sent before */
export function introduce(wire: WireConnection, options: HandshakeOptions): Promise<unknown> {
  const params: InitializeParams = {
    clientInfo: { name: options.clientName, title: options.clientTitle, version: options.clientVersion },
    capabilities: { experimentalApi: true, optOutNotificationMethods: ignoredNotifications },
  };
  return wire.request("initialize", params, {
    timeoutMs: options.timeoutMs,
    ...(options.signal ? { signal: options.signal } : {}),
  });
}
