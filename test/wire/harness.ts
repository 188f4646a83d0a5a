import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import type { BridgeError } from "../../src/errors.ts";
import {
  connectWire,
  type IncomingNotification,
  type IncomingRequest,
  type WireConnection,
  type WireOptions,
} from "../../src/wire/connection.ts";

export interface Sent {
  id?: number | string;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { code: number; message: string };
}

/** A connection over two PassThrough streams; the test plays the peer. */
export interface Rig {
  wire: WireConnection;
  /** What the peer writes to us. */
  input: PassThrough;
  /** What we write to the peer. */
  output: PassThrough;
  notifications: IncomingNotification[];
  requests: IncomingRequest[];
  faults: BridgeError[];
  noise: { preview: string; count: number }[];
  say(...messages: unknown[]): void;
  rawSent(): string;
  sent(): Sent[];
}

export function rig(overrides: Partial<WireOptions> = {}): Rig {
  const input = new PassThrough();
  const output = new PassThrough({ highWaterMark: 1 << 30 });
  let raw = "";
  output.on("data", (chunk: Buffer) => {
    raw += chunk.toString("utf8");
  });
  const notifications: IncomingNotification[] = [];
  const requests: IncomingRequest[] = [];
  const faults: BridgeError[] = [];
  const noise: { preview: string; count: number }[] = [];
  const wire = connectWire({
    readable: input,
    writable: output,
    onNotification: (n) => void notifications.push(n),
    onRequest: (r) => void requests.push(r),
    onFault: (f) => void faults.push(f),
    onNoise: (n) => void noise.push(n),
    ...overrides,
  });
  return {
    wire,
    input,
    output,
    notifications,
    requests,
    faults,
    noise,
    say: (...messages) => {
      input.write(messages.map((m) => `${JSON.stringify(m)}\n`).join(""));
    },
    rawSent: () => raw,
    sent: () =>
      raw
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line)),
  };
}

/** Long enough for streams to move what they have. */
export const settle = (): Promise<void> => delay(15);
