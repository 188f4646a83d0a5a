import { hash } from "node:crypto";
import { toBridgeError } from "../../errors.ts";
import { type Evidence, evidenceShape, evidenceText, sealed } from "./evidence.ts";
import { proved } from "./prove.ts";

export interface VerifyOptions {
  /** The bytes of the evidence file. */
  readonly evidence: Buffer;
  /** Folder of the recording. */
  readonly dir: string;
  readonly transcript?: Buffer;
}

export interface Verification {
  readonly ok: boolean;
  /** What does not match, each naming the file or the field. */
  readonly mismatches: readonly string[];
  /** Whether the evidence, unedited, shows its statement; it may be genuine and show too little. */
  readonly shown: boolean;
  readonly gaps: readonly string[];
  /** `absent`: it is not about a transcript. `unchecked`: it is, and none was given. */
  readonly transcript: "checked" | "unchecked" | "absent";
}

/** Checks an evidence file against the recording, and the transcript if given, by deriving it again. Never throws. */
export async function verifyEvidence(options: VerifyOptions): Promise<Verification> {
  const read = readEvidence(options.evidence);
  if ("fault" in read) return failed([read.fault]);
  const { evidence } = read;
  const { transcript: given } = options;
  const added = addedBytes(evidence, given);
  const transcript = evidence.transcript === null ? "absent" : given === undefined ? "unchecked" : "checked";
  const mismatches = [
    ...(seal(evidence) === evidence.sha256 ? [] : ["evidence: it was edited (sha256)"]),
    ...(transcript === "absent" && given ? ["evidence: it is not about a transcript, and one was given"] : []),
    ...(added > 0 ? [`transcript: ${added} bytes were added since; what was there before is checked`] : []),
    ...(await differences({ ...options, ...before(given, added) }, evidence, transcript === "checked")),
  ];
  return { ok: mismatches.length === 0, mismatches, shown: evidence.shown, gaps: gapsOf(evidence), transcript };
}

/** A session that goes on writes on: how many bytes stand after those the evidence is about, if these are unchanged. */
function addedBytes({ transcript }: Evidence, given: Buffer | undefined): number {
  if (!transcript || !given || given.length <= transcript.bytes) return 0;
  const unchanged = hash("sha256", given.subarray(0, transcript.bytes)) === transcript.sha256;
  return unchanged ? given.length - transcript.bytes : 0;
}

function before(given: Buffer | undefined, added: number): Pick<VerifyOptions, "transcript"> {
  return given === undefined ? {} : { transcript: given.subarray(0, given.length - added) };
}

/** The file has to be written the one way evidence is: doubled keys and spaces would hide from a parser. */
function readEvidence(bytes: Buffer): { evidence: Evidence } | { fault: string } {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return { fault: "evidence: it is no JSON" };
  }
  const parsed = evidenceShape.safeParse(value);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join(".");
    return { fault: `evidence: ${field || "(root)"} is not as expected` };
  }
  if (!Buffer.from(evidenceText(value)).equals(bytes)) return { fault: "evidence: it is not written as evidence is" };
  return { evidence: parsed.data };
}

function seal({ sha256: _, ...rest }: Evidence): string {
  return sealed(rest).sha256;
}

async function differences(
  { dir, transcript }: VerifyOptions,
  evidence: Evidence,
  checked: boolean,
): Promise<string[]> {
  let again: Evidence;
  try {
    const told = evidence.told?.source === "recording" ? null : evidence.told;
    again = await proved({ dir, told, ...(checked && transcript ? { transcript } : {}) });
  } catch (thrown) {
    return [toBridgeError(thrown).message];
  }
  const own = checked ? again.transcript : evidence.transcript;
  const shown = again.gaps.length === 0 && (own?.gaps ?? []).length === 0;
  const { sha256: _, ...expected } = { ...again, transcript: own, shown };
  const { sha256: __, ...found } = evidence;
  return differs(expected, found, "");
}

/** Where two values differ, by their path. */
function differs(expected: unknown, found: unknown, at: string): string[] {
  if (Object.is(expected, found)) return [];
  if (!isComposite(expected) || !isComposite(found)) {
    return [`${at}: the evidence says ${JSON.stringify(found)}, what it is about gives ${JSON.stringify(expected)}`];
  }
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
  return [...keys].flatMap((key) => differs(expected[key], found[key], at === "" ? key : `${at}.${key}`));
}

function isComposite(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function gapsOf({ gaps, transcript }: Evidence): string[] {
  return [...gaps, ...(transcript?.gaps ?? [])];
}

function failed(mismatches: readonly string[]): Verification {
  return { ok: false, mismatches, shown: false, gaps: [], transcript: "absent" };
}
