import { scenarios } from "../../test/conformance/scenarios.ts";
import { notUnderstood, scriptArguments, wholeNumber } from "../arguments.ts";

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

const usage = `Tries every conformance scenario on real Codex releases and writes docs/compatibility.md.

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

/** Of this process; it ends where they make no sense. */
export function parseMatrixArguments(): MatrixOptions {
  const { values } = scriptArguments(usage, {
    allowNegative: true,
    options: {
      versions: { type: "string", default: "all" },
      scenarios: { type: "string" },
      jobs: { type: "string", default: "2" },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: true },
      merge: { type: "string" },
      traffic: { type: "string" },
    },
  });
  const jobs = wholeNumber("jobs", values.jobs);
  const known = scenarios.map(({ id }) => id);
  const ids = values.scenarios?.split(",") ?? known;
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) notUnderstood(`No such scenario: ${unknown.join(", ")}. There are ${known.join(", ")}.`);
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
