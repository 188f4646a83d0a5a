import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { LineSplitter } from "../../wire/splitter.ts";
import { recordingBroken } from "./errors.ts";

/** What a recording may cost its reader. */
export interface ReadLimits {
  /** One line of wire.jsonl. */
  readonly maxLineBytes: number;
  /** wire.jsonl, or one payload. */
  readonly maxFileBytes: number;
  /** All texts with every payload in its place; the same payload may stand in many places. */
  readonly maxExpandedChars: number;
  /** Values in all lines of wire.jsonl, about: an empty list takes three bytes there and many times that in memory. */
  readonly maxValues: number;
}

export const defaultLimits: ReadLimits = {
  maxLineBytes: 64 * 1024 * 1024,
  maxFileBytes: 256 * 1024 * 1024,
  maxExpandedChars: 256 * 1024 * 1024,
  maxValues: 20_000_000,
};

/** The whole text of one file of a recording. */
export async function readText(folder: string, file: string, maxBytes: number): Promise<string> {
  return decode(await readBytes(folder, file, maxBytes), file);
}

/** One file of a recording, byte for byte. */
export async function readBytes(folder: string, file: string, maxBytes: number): Promise<Buffer> {
  const handle = await openRegular(folder, file, maxBytes);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Values a line of JSON may hold, at most: each but the first comes after a sign of these. */
export function valuesIn(line: string): number {
  let count = 1;
  for (let at = 0; at < line.length; at += 1) {
    const unit = line.charCodeAt(at);
    if (unit === comma || unit === bracket || unit === brace) count += 1;
  }
  return count;
}
const comma = 0x2c;
const bracket = 0x5b;
const brace = 0x7b;

/** The lines of a file of a recording; the last one ends in a newline like all others. */
export async function* readLines(folder: string, file: string, limits: ReadLimits): AsyncGenerator<string> {
  const handle = await openRegular(folder, file, limits.maxFileBytes);
  const splitter = new LineSplitter(limits.maxLineBytes);
  let number = 0;
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false })) {
      for (const piece of splitter.push(chunk as Buffer)) {
        if (typeof piece !== "string") {
          throw recordingBroken(file, number + 1, `the line is longer than ${limits.maxLineBytes} bytes`);
        }
        for (const line of piece.split("\n").slice(0, -1)) {
          number += 1;
          yield line;
        }
      }
    }
    if (splitter.flush() !== undefined) throw recordingBroken(file, number + 1, "the line is cut off");
  } finally {
    await handle.close();
  }
}

/** Only files that are really in the folder: no links, no pipes, nothing that is larger than it may be. */
async function openRegular(folder: string, file: string, maxBytes: number): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    handle = await open(path.join(folder, file), flags);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    throw recordingBroken(file, 0, code === "ENOENT" ? "the file is missing" : `it cannot be opened (${code})`, thrown);
  }
  const stat = await handle.stat();
  const fault = !stat.isFile()
    ? "it is no regular file"
    : stat.size > maxBytes
      ? `it is larger than ${maxBytes} bytes`
      : "";
  if (fault === "") return handle;
  await handle.close();
  throw recordingBroken(file, 0, fault);
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw recordingBroken(file, 0, "it is not UTF-8", cause);
  }
}
