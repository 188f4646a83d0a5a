import { createHash } from "node:crypto";
import net from "node:net";
import { Duplex } from "node:stream";

/** RFC 6455, section 1.3. */
const websocketGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * A unix socket of Codex 0.125.0, which speaks websocket frames but no HTTP: the upgrade a websocket client begins with
 * is answered here, and everything after it goes to the socket as it is.
 */
export function bareFrames(socketPath: string): Duplex {
  const socket = net.connect(socketPath);
  let upgraded = false;
  let request = "";
  const duplex = new Duplex({
    write(chunk: Buffer, _encoding, done) {
      if (upgraded) {
        socket.write(chunk, done);
        return;
      }
      request += chunk.toString("latin1");
      if (request.includes("\r\n\r\n")) {
        upgraded = true;
        duplex.push(switching(/^sec-websocket-key:\s*(\S+)/im.exec(request)?.[1] ?? ""));
      }
      done();
    },
    read: () => void socket.resume(),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on("data", (chunk) => {
    if (!duplex.push(chunk)) socket.pause();
  });
  socket.on("end", () => duplex.push(null));
  socket.on("error", (error) => duplex.destroy(error));
  socket.on("close", () => duplex.destroy());
  return duplex;
}

function switching(key: string): string {
  const accept = createHash("sha1")
    .update(key + websocketGuid)
    .digest("base64");
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  return [...lines, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n");
}
