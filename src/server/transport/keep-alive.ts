import type { WebSocket } from "ws";

/** A peer that does not answer a ping for as long is gone, whatever the network says. */
const pingEveryMs = 30_000;

/**
 * Notices a connection that died without a word: a machine that was switched off, a network that forgot us. A socket we
 * do not read from ourselves is not blamed for its silence.
 */
export function keepAlive(socket: WebSocket, everyMs = pingEveryMs): void {
  let answered = true;
  const heard = (): void => {
    answered = true;
  };
  socket.on("pong", heard);
  socket.on("message", heard);
  const timer = setInterval(() => {
    if (socket.isPaused) answered = true;
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    // One that is closing may not take it any more.
    if (socket.readyState === socket.OPEN) socket.ping(() => undefined);
  }, everyMs);
  timer.unref();
  socket.once("close", () => clearInterval(timer));
}
