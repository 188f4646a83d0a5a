import type { HarnessRecorder, RecordedHostEvent } from "../../harness/recorder.ts";
import type { Manifest } from "../format/format.ts";
import { cleanUserAgent } from "../redact/redact-text.ts";
import type { TapeEvent } from "./tape.ts";

export interface Taping extends Pick<HarnessRecorder, "spawned" | "host"> {
  nowUs(): number;
  /** Resolves when nothing more will be added to what was told so far. Never rejects. */
  known(): Promise<void>;
  /** What the first server said it is. */
  readonly codex: Manifest["codex"];
}

/**
 * Gives everything a recorder is told a time and a place, in the order it happened.
 * @param onReady called when a server's handshake is complete
 */
export function taping(keep: (event: TapeEvent) => void, onReady?: (server: number) => void): Taping {
  const startedAt = performance.now();
  const nowUs = (): number => Math.round((performance.now() - startedAt) * 1000);
  const reading = new Set<Promise<void>>();
  let servers = 0;
  let codex: Manifest["codex"] = { version: "unknown", userAgent: "" };
  return {
    nowUs,
    get codex() {
      return codex;
    },
    host: (event, sha256) => {
      const kept = { tUs: nowUs(), dir: "host" as const, server: 0, content: snapshot(event) };
      keep(kept);
      if (!sha256) return;
      const read = sha256.then((value) => {
        kept.content = withExecutable(kept.content, value);
        reading.delete(read);
      });
      reading.add(read);
    },
    known: async () => void (await Promise.all(reading)),
    spawned: (args, origin) => {
      const server = servers;
      servers += 1;
      let closing = false;
      keep({ tUs: nowUs(), dir: "proc", server, content: { event: "spawn", args } });
      return {
        line: (direction, line) =>
          keep({ tUs: nowUs(), dir: direction === "in" ? "s2c" : "c2s", server, content: line }),
        ready: ({ version, userAgent }) => {
          if (codex.userAgent === "") {
            codex = { version, userAgent: cleanUserAgent(userAgent), ...(origin === undefined ? {} : { origin }) };
          }
          onReady?.(server);
        },
        closing: () => {
          if (closing) return;
          closing = true;
          keep({ tUs: nowUs(), dir: "proc", server, content: { event: "eof" } });
        },
        exited: ({ exitCode, signal }, stderr) =>
          keep({
            tUs: nowUs(),
            dir: "proc",
            server,
            content: { event: "exit", code: exitCode ?? null, signal: signal ?? null, stderr },
          }),
      };
    },
  };
}

function withExecutable(event: RecordedHostEvent, sha256: string): RecordedHostEvent {
  if (event.event !== "result" || !event.runtime) return event;
  return { ...event, runtime: { ...event.runtime, sha256 } };
}

/** As it is now: the host may change its settings, and has not promised that they are JSON. */
function snapshot(event: RecordedHostEvent): RecordedHostEvent {
  try {
    return JSON.parse(JSON.stringify(event));
  } catch {
    const known = Object.entries(event).map(([name, value]) => [name, typeof value === "string" ? value : null]);
    return Object.fromEntries(known) as RecordedHostEvent;
  }
}
