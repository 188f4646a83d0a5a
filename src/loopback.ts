import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An API on this machine that only this machine reaches. */
export interface LoopbackApi {
  /** `http://127.0.0.1:PORT/v1` */
  readonly url: string;
  /** Drops every connection and frees the port. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * @param port 0: any that is free
 * @param onClose before connections are dropped
 * @throws what the system says of a port that cannot be had
 */
export async function serveOnLoopback(server: Server, port: number, onClose: () => void): Promise<LoopbackApi> {
  // Node closes an idle connection after 5 s; a client that uses it again at that moment would see its answer lost.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  let closed: Promise<void> | undefined;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close() {
      closed ??= new Promise((resolve) => {
        onClose();
        server.close(() => resolve());
        server.closeAllConnections();
      });
      return closed;
    },
  };
}
