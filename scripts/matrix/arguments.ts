import { parseArgs } from "node:util";
import { scenarios } from "../../test/conformance/scenarios.ts";

export interface MatrixOptions {
  /** `all`: every published release the bridge supports. */
  readonly versions: "all" | readonly string[];
  readonly ids: readonly string[];
  readonly json: boolean;
  readonly jobs: number;
  readonly write: boolean;
  /** JSON documents of other runs, to be taken into docs/ instead of a run. */
  readonly merge: readonly string[];
  /** File for what went over the wire. */
  readonly traffic?: string;
}

export const usage = `Tries every conformance scenario on real Codex releases and writes docs/compatibility.md.

  npm run matrix:codex -- [--versions 0.125.0,0.147.0|all] [--scenarios a,b] [--jobs N] [--json] [--no-write]
                          [--traffic FILE] [--merge a.json,b.json]

  --versions   releases to try; default all. Each is installed once, outside the repository.
  --scenarios  ids of scenarios; default all
  --jobs       releases tried at the same time; default 2
  --json       one JSON document on stdout instead of the table
  --no-write   leave docs/ alone
  --merge      run nothing; take these JSON documents of other runs into docs/
  --traffic    write what went over the wire (methods and the keys of their parameters) to FILE

The exit code is 1 if any scenario failed.`;

/** @throws Error that says what is wrong with the arguments */
export function parseMatrixArguments(args: readonly string[]): MatrixOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      versions: { type: "string", default: "all" },
      scenarios: { type: "string" },
      jobs: { type: "string", default: "2" },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: true },
      merge: { type: "string" },
      traffic: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new Error(`--jobs must be a whole number above 0, not ${values.jobs}.`);
  const known = scenarios.map(({ id }) => id);
  const ids = values.scenarios?.split(",") ?? known;
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new Error(`No such scenario: ${unknown.join(", ")}. There are ${known.join(", ")}.`);
  return {
    versions: values.versions === "all" ? "all" : values.versions.split(","),
    ids,
    json: values.json,
    jobs,
    write: values.write,
    merge: values.merge?.split(",") ?? [],
    ...(values.traffic === undefined ? {} : { traffic: values.traffic }),
  };
}
