import { open } from "node:fs/promises";
import { closeToOthers } from "../../files/private.ts";
import { readRecording } from "../format/read.ts";
import { pageBundle } from "./page-bundle.ts";
import { pageHtml } from "./page-html.ts";
import { traceOf } from "./trace.ts";

export interface WrittenTrace {
  readonly file: string;
  readonly bytes: number;
  readonly lines: number;
  readonly bars: number;
  readonly problems: number;
}

/**
 * Writes the trace page of a recording. What has the texts of a recording is for its owner's eyes, so the file is
 * readable by nobody else.
 * @throws BridgeError as `readRecording`, or `trace_page_missing`
 */
export async function writeTrace(dir: string, file: string): Promise<WrittenTrace> {
  const recording = await readRecording(dir);
  const model = traceOf(recording);
  const html = pageHtml({ model, lines: recording.lines, ...(await pageBundle()) });
  const handle = await open(file, "w", 0o600);
  try {
    // One that was there keeps its mode.
    closeToOthers(handle.fd);
    await handle.writeFile(html);
  } finally {
    await handle.close();
  }
  const { bars, problems } = model;
  const bytes = Buffer.byteLength(html);
  return { file, bytes, lines: recording.lines.length, bars: bars.length, problems: problems.length };
}
