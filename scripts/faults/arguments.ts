import { newestTestedVersion } from "../../src/protocol/newest-tested.ts";
import { floorVersion } from "../../src/protocol/user-agent.ts";
import { faults } from "../../test/faults/faults.ts";
import { notUnderstood, scriptArguments, wholeNumber } from "../arguments.ts";

export interface FaultOptions {
  readonly versions: readonly string[];
  readonly ids: readonly string[];
  readonly json: boolean;
  readonly list: boolean;
  readonly lanes: number;
}

const usage = `Makes everything go wrong that can, on real Codex releases, and looks at what is left of it.

  npm run faults -- [--versions ${floorVersion},${newestTestedVersion}] [--only a,b] [--lanes N] [--json] [--list]

  --versions   releases to try; default the oldest and the newest. Each is installed once, outside the repository.
  --only       ids of faults, or their beginnings (kill- stop-); default all
  --lanes      faults tried side by side; default 3. Most of their time is waiting for clocks.
  --json       one JSON document on stdout instead of the table
  --list       show the faults and try none

For each fault: what the host is told, that everything a user saw or the server has on file is in the transcript, once;
that the next turn of the session works and knows the conversation; that no process is left and nothing is pending.
Linux only. Disks are filled and made read-only by mounting, for which one has to be root.
The exit code is 1 if anything is not as it has to be.`;

/** Of this process; it ends where they make no sense. */
export function parseFaultArguments(): FaultOptions {
  const { values } = scriptArguments(usage, {
    options: {
      versions: { type: "string", default: `${floorVersion},${newestTestedVersion}` },
      only: { type: "string" },
      lanes: { type: "string", default: "3" },
      json: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
    },
  });
  const lanes = wholeNumber("lanes", values.lanes);
  const wanted = values.only?.split(",") ?? [""];
  const ids = faults.map(({ id }) => id).filter((id) => wanted.some((each) => id.startsWith(each)));
  const unknown = wanted.filter((each) => !ids.some((id) => id.startsWith(each)));
  if (unknown.length > 0) notUnderstood(`No such fault: ${unknown.join(", ")}. See --list.`);
  return { versions: values.versions.split(","), ids, json: values.json, list: values.list, lanes };
}
