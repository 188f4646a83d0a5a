import { BridgeError } from "../errors.ts";

/**
 * Writes what a command was asked to write.
 * @throws BridgeError `output_unwritable` naming the file, and whatever `write` throws that is typed already
 */
export async function intoFile<T>(file: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (thrown instanceof BridgeError || code === undefined) throw thrown;
    throw new BridgeError("output_unwritable", `${file} cannot be written (${code}).`, {
      remedy: "Name another file with --out, in a folder that can be written to.",
      cause: thrown,
    });
  }
}
