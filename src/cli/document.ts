import type { BridgeError } from "../errors.ts";
import type { AttemptResult } from "../harness/types.ts";
import type { HostTurnResult } from "../host/embedded-host.ts";

/** The JSON document of one turn: what `codex-bridge run --json` prints, exactly once. */
export function turnDocument(result: HostTurnResult) {
  const { outcome } = result;
  const error = "error" in outcome ? outcome.error : undefined;
  return {
    ok: result.ok,
    harness: result.harness,
    selection: result.selection,
    session: { key: result.session.key, id: result.session.id },
    thread: result.thread,
    turn: {
      id: result.turnId,
      status: outcome.kind,
      ...("clock" in outcome ? { clock: outcome.clock } : {}),
      ...("category" in outcome ? { category: outcome.category, actions: outcome.actions } : {}),
      ...("resetsAtMs" in outcome ? { resetsAtMs: outcome.resetsAtMs } : {}),
      ...(result.classification === undefined ? {} : { classification: result.classification }),
    },
    server: result.server,
    text: result.text,
    usage: result.usage ?? null,
    phases: roundedPhases(result.phases),
    ...(result.skipped === undefined ? {} : { skipped: result.skipped }),
    transcript: result.entries.map(({ id, kind, text, tool }) => ({
      id,
      kind,
      ...(text === undefined ? {} : { text }),
      ...(tool === undefined ? {} : { tool }),
    })),
    ...(error ? { error: error.toJSON() } : {}),
  };
}

/** The document of a turn that never began. */
export function failureDocument(error: BridgeError, sessionKey: string) {
  return { ok: false, harness: "codex", session: { key: sessionKey, id: sessionKey }, error: error.toJSON() };
}

function roundedPhases(phases: AttemptResult["phases"]): Record<string, number> {
  return Object.fromEntries(Object.entries(phases).map(([name, ms]) => [name, Math.round(Number(ms) * 10) / 10]));
}
