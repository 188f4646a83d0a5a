import { chmodSync, mkdirSync } from "node:fs";
import net from "node:net";
import path from "node:path";

/** Stands between a client and a listener, and can break the connections without either of them closing. */
export interface Relay {
  readonly url: string;
  /** Connections that are open now. */
  readonly open: number;
  /** Bytes the server has said so far. */
  readonly passed: number;
  /** Breaks what is open; with `refuse` new connections break at once until `accept`. */
  drop(refuse?: "refuse"): void;
  accept(): void;
  /** From now on what the server says on the open connections gets lost; what it is told still arrives. */
  mute(): void;
  close(): Promise<void>;
}

/** @param url `unix:///…` or `ws://127.0.0.1:PORT`; the relay is of the same kind, a socket of it stands in `folder` */
export async function relay(url: string, folder: string): Promise<Relay> {
  const socket = /^unix:\/\/(.+)$/.exec(url)?.[1];
  const own = path.join(folder, "r", "r.sock");
  const pairs = new Set<readonly [net.Socket, net.Socket]>();
  const muted = new WeakSet<net.Socket>();
  let refusing = false;
  let passed = 0;
  const server = net.createServer((client) => {
    if (refusing) {
      // What is a reset on TCP is just an end on a unix socket.
      if (socket === undefined) client.resetAndDestroy();
      else client.destroy();
      return;
    }
    const upstream = socket === undefined ? net.connect(Number(new URL(url).port), "127.0.0.1") : net.connect(socket);
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      for (const each of pair) each.destroy();
    };
    for (const each of pair) each.on("error", end).on("close", end);
    client.pipe(upstream);
    upstream.on("data", (chunk) => {
      if (muted.has(client)) return;
      passed += chunk.length;
      if (!client.write(chunk)) upstream.pause();
    });
    client.on("drain", () => upstream.resume());
  });
  if (socket !== undefined) mkdirSync(path.dirname(own), { recursive: true, mode: 0o700 });
  await new Promise<void>((resolve) => {
    if (socket === undefined) server.listen(0, "127.0.0.1", resolve);
    else server.listen(own, resolve);
  });
  if (socket !== undefined) chmodSync(own, 0o600);
  const address = server.address();
  return {
    url: address !== null && typeof address === "object" ? `ws://127.0.0.1:${address.port}` : `unix://${own}`,
    get open() {
      return pairs.size;
    },
    get passed() {
      return passed;
    },
    drop(refuse) {
      refusing = refuse === "refuse";
      for (const [client, upstream] of pairs) {
        client.destroy();
        upstream.destroy();
      }
    },
    mute() {
      for (const [client] of pairs) muted.add(client);
    },
    accept() {
      refusing = false;
    },
    close: () =>
      new Promise((resolve) => {
        for (const pair of pairs) for (const each of pair) each.destroy();
        server.close(() => resolve());
      }),
  };
}
