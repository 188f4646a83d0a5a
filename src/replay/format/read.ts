import { hash } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { z } from "zod";
import { chain } from "./chain.ts";
import { recordingBroken, recordingMissing } from "./errors.ts";
import { defaultLimits, type ReadLimits, readLines, readText, valuesIn } from "./files.ts";
import { lineShape, type Manifest, manifestShape, type PayloadReference, type RecordedLine } from "./format.ts";
import { manifestFile, payloadFolder, wireFile } from "./layout.ts";
import { payloadName, putBack, references } from "./payloads.ts";
import { type RawRecording, requireFormat, upgrade } from "./upgrade.ts";

export interface RecordingContent {
  readonly manifest: Manifest;
  /** With every payload in its place. */
  readonly lines: readonly RecordedLine[];
}

const maxManifestBytes = 1024 * 1024;

/**
 * Reads a recording and checks all of it: format, sequence, time, hash chain, payloads. Older formats are upgraded.
 * @throws BridgeError `recording_missing`, `recording_from_the_future`, or `recording_broken` naming the file, the line and what is wrong
 */
export async function readRecording(dir: string, limits: Partial<ReadLimits> = {}): Promise<RecordingContent> {
  const bounds = { ...defaultLimits, ...limits };
  requireRecording(dir);
  const manifest = parseJson(await readText(dir, manifestFile, maxManifestBytes), manifestFile, 0);
  if (manifest === null || typeof manifest !== "object") throw recordingBroken(manifestFile, 0, "it is no object");
  requireFormat(manifest as RawRecording["manifest"]);
  const { lines, chainSha256 } = await readChained(dir, bounds);
  const raw = upgrade({ manifest: manifest as RawRecording["manifest"], lines });
  const checked = check(manifestShape, raw.manifest, manifestFile, 0);
  if (checked.chainSha256 !== chainSha256) {
    throw recordingBroken(wireFile, 0, "its lines are not those the manifest was written for (chainSha256)");
  }
  if (checked.lines !== lines.length) {
    throw recordingBroken(wireFile, 0, `it has ${lines.length} lines, the manifest says ${checked.lines}`);
  }
  const recorded = checkOrder(raw.lines.map((line, index) => check(lineShape, line, wireFile, index + 1)));
  return { manifest: checked, lines: await withPayloads(dir, recorded, bounds) };
}

/** What was given may be something else altogether, which is not to be told as a broken recording. */
function requireRecording(dir: string): void {
  const found = looking(dir, () => statSync(dir, { throwIfNoEntry: false }));
  if (!found) throw recordingMissing(`There is nothing at ${dir}.`);
  if (!found.isDirectory()) throw recordingMissing(`${dir} is no folder, and a recording is one.`);
  if ([manifestFile, wireFile].some((file) => existsSync(path.join(dir, file)))) return;
  const inside = looking(dir, () => readdirSync(dir)).find((name) => existsSync(path.join(dir, name, manifestFile)));
  throw recordingMissing(`There is no recording in ${dir}.`, inside);
}

/**
 * Looks at what was given. A path may be too long, lead through a file or in a circle, or belong to somebody else.
 * @throws BridgeError `recording_missing`
 */
export function looking<T>(dir: string, look: () => T): T {
  try {
    return look();
  } catch (cause) {
    throw recordingMissing(`${dir} cannot be looked at (${(cause as NodeJS.ErrnoException).code}).`, undefined, cause);
  }
}

async function readChained(dir: string, limits: ReadLimits): Promise<{ lines: unknown[]; chainSha256: string }> {
  const lines: unknown[] = [];
  let chainSha256 = "";
  let values = 0;
  for await (const line of readLines(dir, wireFile, limits)) {
    chainSha256 = chain(chainSha256, line);
    values += valuesIn(line);
    if (values > limits.maxValues) {
      throw recordingBroken(wireFile, lines.length + 1, `there are more than ${limits.maxValues} values up to here`);
    }
    lines.push(parseJson(line, wireFile, lines.length + 1));
  }
  return { lines, chainSha256 };
}

/** @returns the lines; JSON has no way to leave `message` out, but says so with null */
function checkOrder(lines: readonly z.output<typeof lineShape>[]): RecordedLine[] {
  let lastUs = 0;
  for (const [index, { seq, tUs }] of lines.entries()) {
    if (seq !== index) throw recordingBroken(wireFile, index + 1, `seq is ${seq} where ${index} comes next`);
    if (tUs < lastUs) throw recordingBroken(wireFile, index + 1, `tUs goes back from ${lastUs} to ${tUs}`);
    lastUs = tUs;
  }
  return [...lines];
}

async function withPayloads(dir: string, lines: readonly RecordedLine[], limits: ReadLimits): Promise<RecordedLine[]> {
  const texts = new Map<string, string>();
  let expanded = 0;
  const whole: RecordedLine[] = [];
  for (const [index, line] of lines.entries()) {
    const fail = (what: string): Error => recordingBroken(wireFile, index + 1, what);
    try {
      for (const reference of references(line.message)) {
        expanded += reference.chars;
        if (expanded > limits.maxExpandedChars) throw fail("its payloads together are too large");
        await loadPayload(dir, reference, texts, limits, fail);
      }
      whole.push({ ...line, message: putBack(line.message, ({ $payload }) => texts.get($payload)!) });
    } catch (thrown) {
      if (thrown instanceof RangeError) throw fail(thrown.message);
      throw thrown;
    }
  }
  return whole;
}

async function loadPayload(
  dir: string,
  { $payload: name, chars }: PayloadReference,
  texts: Map<string, string>,
  limits: ReadLimits,
  fail: (what: string) => Error,
): Promise<void> {
  if (!payloadName.test(name)) throw fail("it names a payload that cannot be one");
  let text = texts.get(name);
  if (text === undefined) {
    // No character of a JavaScript string takes more than three bytes of UTF-8.
    const maxBytes = Math.min(limits.maxFileBytes, Math.max(0, chars * 3));
    text = await readText(dir, path.join(payloadFolder, name), maxBytes);
    if (hash("sha256", text) !== name) throw recordingBroken(path.join(payloadFolder, name), 0, "it was changed");
    texts.set(name, text);
  }
  if (text.length !== chars) throw fail(`its payload has ${text.length} characters, not ${chars}`);
}

function parseJson(text: string, file: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw recordingBroken(file, line, "it is no JSON", cause);
  }
}

function check<S extends z.ZodType>(shape: S, value: unknown, file: string, line: number): z.output<S> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw recordingBroken(file, line, `${issue?.path.join(".") || "(root)"} is not as expected`, parsed.error);
}
