/** The least that any client of app-server has to do, against which two benches compare. */

/**
 * Cuts blocks into lines and parses each, and that is all.
 * @returns what takes the blocks, in their order
 */
export function lineParser<Message>(onMessage: (message: Message) => void): (chunk: Buffer) => void {
  let carry: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const block: Buffer = carry.length === 0 ? chunk : Buffer.concat([carry, chunk]);
    const last = block.lastIndexOf(10);
    const text = block.toString("utf8", 0, last + 1);
    for (let start = 0, end = text.indexOf("\n"); end >= 0; start = end + 1, end = text.indexOf("\n", start)) {
      onMessage(JSON.parse(text.slice(start, end)));
    }
    carry = block.subarray(last + 1);
  };
}
