import { readFile } from "node:fs/promises";
import path from "node:path";
import { BridgeError } from "../errors.ts";
import { writeFileAtomically } from "../files/atomic-file.ts";
import type { HostTurnResult } from "../host/embedded-host.ts";

export interface ProofOptions {
  /** Folder of the run's recording; complete once the host is disposed, or `Recording.finish` has resolved. */
  readonly dir: string;
  /** The result of the recorded turn. */
  readonly result: HostTurnResult;
  /** Where to write the evidence. Default `evidence.json` in the recording; `codex-bridge prove --verify` checks it. */
  readonly file?: string;
}

export interface Proof {
  /** Only Codex ran, and wrote what is in the transcript. */
  readonly shown: boolean;
  /** Why it is not shown. */
  readonly gaps: readonly string[];
  readonly file: string;
  /** Of the evidence. Kept elsewhere, it rules out that recording, transcript and evidence were all made anew. */
  readonly sha256: string;
}

/**
 * Writes evidence of who ran a recorded turn and wrote its transcript, as `codex-bridge prove` does.
 * @throws BridgeError `recording_missing` | `recording_broken` | `evidence_run` | `evidence_transcript` | `file_unreadable`
 */
export async function prove({ dir, result, file }: ProofOptions): Promise<Proof> {
  const [{ proved }, { toldBy }, { evidenceText }] = await Promise.all([
    import("../replay/prove/prove.ts"),
    import("../replay/prove/prove-told.ts"),
    import("../replay/prove/evidence.ts"),
  ]);
  const evidence = await proved({ dir, told: toldBy(result), transcript: await transcriptOf(result) });
  const target = path.resolve(file ?? path.join(dir, "evidence.json"));
  await writeFileAtomically(target, evidenceText(evidence));
  const gaps = [...evidence.gaps, ...(evidence.transcript?.gaps ?? [])];
  return { shown: evidence.shown, gaps, file: target, sha256: evidence.sha256 };
}

function transcriptOf({ transcriptFile }: HostTurnResult): Promise<Buffer> {
  return readFile(transcriptFile).catch((cause: NodeJS.ErrnoException) => {
    throw new BridgeError("file_unreadable", `${transcriptFile} cannot be read (${cause.code}).`, {
      remedy: "Prove a run before its transcript is removed.",
      cause,
    });
  });
}
