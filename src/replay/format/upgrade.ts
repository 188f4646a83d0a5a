import { recordingBroken, recordingFromTheFuture } from "./errors.ts";
import { formatVersion } from "./layout.ts";

/** A recording as it is on disk, before anything is known of it but its format. */
export interface RawRecording {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly lines: readonly unknown[];
}

/** What turns a recording of one format into the next. */
export type UpgradeStep = (recording: RawRecording) => RawRecording;

/** By the format they start from. There are none yet: format 1 is the first. */
const steps: Readonly<Record<number, UpgradeStep>> = {};

/**
 * Brings an older recording to a newer format, one step at a time. The hash chain is that of the lines as they were
 * written, so it is checked before.
 * @throws BridgeError `recording_from_the_future` | `recording_broken` when a step is missing
 */
export function upgrade(recording: RawRecording, target = formatVersion, known = steps): RawRecording {
  let current = recording;
  let format = requireFormat(recording.manifest, target);
  while (format < target) {
    const step = known[format];
    if (!step) throw recordingBroken("manifest.json", 0, `format ${format} is none that ever was`);
    const { manifest, lines } = step(current);
    format += 1;
    current = { manifest: { ...manifest, format }, lines };
  }
  return current;
}

/** @throws BridgeError `recording_from_the_future` | `recording_broken` */
export function requireFormat(manifest: Readonly<Record<string, unknown>>, newest = formatVersion): number {
  const { format } = manifest;
  if (typeof format !== "number" || !Number.isSafeInteger(format) || format < 0) {
    throw recordingBroken("manifest.json", 0, "it has no format number");
  }
  if (format > newest) throw recordingFromTheFuture(format, newest);
  return format;
}
