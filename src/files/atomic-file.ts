import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";

/**
 * Replaces a file so that a reader, or a crash at any moment, sees either the old content or the new one.
 * The file is private (0600) and so are folders that had to be made (0700).
 *
 * @param durable false: a crash of the machine may lose it, or leave it empty; one of the process does not. Default true
 */
export async function writeFileAtomically(
  file: string,
  content: string,
  { durable = true }: { readonly durable?: boolean } = {},
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    const handle = await open(temporary, "wx", 0o600);
    try {
      await handle.writeFile(content);
      if (durable) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
}
