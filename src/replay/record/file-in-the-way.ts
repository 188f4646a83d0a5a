import { statSync } from "node:fs";
import path from "node:path";
import { BridgeError } from "../../errors.ts";

/** An error for a folder that can never be made, because something above it is no folder; undefined when all are. */
export function fileInTheWay(dir: string, cause?: unknown): BridgeError | undefined {
  for (let above = path.dirname(dir); above !== path.dirname(above); above = path.dirname(above)) {
    const kind = kindOf(above);
    if (kind === "folder") return undefined;
    if (kind === "nothing") continue;
    return new BridgeError("recording_unwritable", `The recording cannot go below ${above}: that is no folder.`, {
      remedy: "Record into a folder whose parents are folders, or do not exist yet.",
      facts: { dir },
      ...(cause === undefined ? {} : { cause }),
    });
  }
  return undefined;
}

function kindOf(where: string): "folder" | "nothing" | "other" {
  try {
    return statSync(where).isDirectory() ? "folder" : "other";
  } catch {
    // Nothing there, or below something that is no folder, which is found one further up.
    return "nothing";
  }
}
