import { BridgeError } from "../errors.ts";
import type { WireOptions } from "./contract.ts";
import { WireClosedError, WireWriteError } from "./errors.ts";

/** A closed stdout is usually followed by an exit code, but a process may also linger: then we stop asking. */
const DESCRIBE_END_MS = 5_000;

/** The reason pending requests are rejected with. Never rejects, and answers in bounded time. */
export async function describeEnd(
  options: Pick<WireOptions, "describeEnd">,
  cause: Error | undefined,
  writeFailed: boolean,
): Promise<BridgeError> {
  const fallback = writeFailed
    ? new WireWriteError("The peer no longer reads what we write.", { cause })
    : new WireClosedError("The peer closed the connection.", { cause });
  if (options.describeEnd === undefined) return fallback;
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<BridgeError>((resolve) => {
    timer = setTimeout(() => resolve(fallback), DESCRIBE_END_MS);
  });
  try {
    return await Promise.race([options.describeEnd(cause), tooLate]);
  } catch (thrown) {
    return thrown instanceof BridgeError ? thrown : fallback;
  } finally {
    clearTimeout(timer);
  }
}
