import { hash } from "node:crypto";

/** A link of the chain is so many hexadecimal digits. */
const linkBytes = 64;

/**
 * The lines as they are written, each with a newline, and the link of the chain behind the last of them: what `chain` gives
 * for each line and `join` for all. Every line is turned into bytes once, and hashed where it lies.
 * @param before the link before the first line; "" at the beginning of a recording
 */
export function chainedBytes(lines: readonly string[], before: string): { bytes: Buffer; link: string } {
  const most = lines.reduce((sum, { length }) => sum + 3 * length + 1, linkBytes);
  const room = Buffer.allocUnsafe(most);
  const covered = Buffer.allocUnsafe(linkBytes);
  let link = before;
  let at = linkBytes;
  for (const line of lines) {
    const end = at + room.write(line, at);
    const from = at - link.length;
    // What is hashed has the link before it: for so long, it lies over what was written last.
    room.copy(covered, 0, from, at);
    room.write(link, from, "latin1");
    link = hash("sha256", room.subarray(from, end));
    covered.copy(room, from, 0, at - from);
    room[end] = 0x0a;
    at = end + 1;
  }
  return { bytes: room.subarray(linkBytes, at), link };
}
