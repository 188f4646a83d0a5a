import { Readable, Writable } from "node:stream";
import type { WebSocket } from "ws";

/** Codex takes frames up to 16 MiB and messages up to 64 MiB: longer messages go out in several frames. */
const frameBytes = 4 * 1024 * 1024;
const newline = Buffer.from("\n");

/**
 * A websocket as two streams of lines, one message each. A reader that pauses stops the reading of the socket, and a
 * line counts as written when the socket has taken it.
 */
export function messageStreams(socket: WebSocket): { readable: Readable; writable: Writable } {
  return { readable: reading(socket), writable: writing(socket) };
}

function reading(socket: WebSocket): Readable {
  const readable = new Readable({
    read: () => socket.resume(),
    destroy(error, done) {
      // Nobody reads any more: what the server still says must not hold it up.
      socket.resume();
      done(error);
    },
  });
  socket.on("message", (data: Buffer, isBinary: boolean) => {
    if (isBinary || readable.destroyed || readable.readableEnded) return;
    // Within a JSON text a raw newline can only be white space.
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) data[at] = 32;
    readable.push(data);
    if (!readable.push(newline)) socket.pause();
  });
  socket.once("close", () => {
    if (!readable.destroyed) readable.push(null);
  });
  return readable;
}

function writing(socket: WebSocket): Writable {
  return new Writable({
    decodeStrings: true,
    /** One chunk is one line: that is how the wire writes. */
    write(chunk: Buffer, _encoding, done) {
      sendMessage(socket, chunk.at(-1) === 10 ? chunk.subarray(0, -1) : chunk, done);
    },
    final(done) {
      socket.close(1000);
      done();
    },
  });
}

function sendMessage(socket: WebSocket, message: Buffer, done: (error?: Error | null) => void): void {
  const next = (from: number): void => {
    const to = Math.min(from + frameBytes, message.length);
    const last = to === message.length;
    socket.send(message.subarray(from, to), { binary: false, fin: last }, (error) => {
      if (error || last) done(error);
      else next(to);
    });
  };
  next(0);
}
