import type { WireOptions, WireStats } from "./contract.ts";

const REPORTED_LINES = 20;
const PREVIEW_CHARS = 200;

/** A report function for lines that are no messages. It counts all and reports the first few: a flood must stay cheap. */
export function noiseReporter(stats: WireStats, onNoise: WireOptions["onNoise"]): (line: string) => void {
  return (line) => {
    stats.noiseLines += 1;
    if (onNoise === undefined || stats.noiseLines > REPORTED_LINES) return;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
    const preview = line.slice(0, PREVIEW_CHARS).replace(/[\u0000-\u001f\u007f-\u009f]/g, "");
    onNoise({ preview, count: stats.noiseLines });
  };
}
