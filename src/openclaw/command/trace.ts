import { readdir } from "node:fs/promises";
import path from "node:path";
import { BridgeError } from "../../errors.ts";
import { makePrivateFolder } from "../../files/private.ts";
import { recordingName } from "../../replay/record/record-turns.ts";
import { stateFolder } from "../shared-harness.ts";
import type { CommandCall, CommandPlace } from "./definition.ts";

/**
 * `/codexbridge trace`: writes the newest recording as a page, for its owner only, and says where.
 * @throws BridgeError `recording_missing`, and what `writeTrace` throws
 */
export async function trace(place: CommandPlace, _call: CommandCall): Promise<string> {
  const { recording } = place.config.read();
  const newest = recording && (await newestIn(recording.dir));
  if (!recording || newest === undefined) {
    throw new BridgeError("recording_missing", recording ? "No turn was recorded yet." : "Turns are not recorded.", {
      remedy: recording
        ? "With recording.lastMinutes only turns that did not complete are; without it, every turn."
        : "Set plugins.entries.codex-bridge.config.recording.dir to a folder; the next turn is recorded then.",
    });
  }
  const { writeTrace } = await import("../../replay/trace/write-trace.ts");
  const folder = path.join(stateFolder(place.place), "traces");
  makePrivateFolder(folder);
  const file = path.join(folder, `${path.basename(newest)}.trace.html`);
  const { lines, problems } = await writeTrace(newest, file);
  const trouble = problems > 0 ? `, not consistent in ${problems} places` : "";
  return `${file}\n${lines} lines of ${newest}${trouble}. Open it in a browser on that machine; it needs no network.`;
}

async function newestIn(dir: string): Promise<string | undefined> {
  const names = await readdir(dir).catch(() => []);
  const newest = names
    .filter((name) => recordingName.test(name) && !name.endsWith(".partial"))
    .sort()
    .at(-1);
  return newest === undefined ? undefined : path.join(dir, newest);
}
