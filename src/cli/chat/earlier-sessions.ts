import path from "node:path";
import type { CodexHost } from "../../library/embedded-host.ts";
import { BindingStore } from "../../thread/store.ts";
import { cleanLine } from "./clean.ts";
import { duration } from "./status-line.ts";

/** A session that can be resumed. */
export interface EarlierSession {
  readonly key: string;
  readonly cwd: string;
  readonly updatedAtMs: number;
}

/** The sessions of a state folder that have a thread, newest first. */
export async function earlierSessions(stateDir: string): Promise<EarlierSession[]> {
  const store = new BindingStore(path.join(stateDir, "sessions.db"));
  try {
    const bindings = await store.list();
    return bindings
      .filter(({ agentId, state }) => agentId === "main" && state === "active")
      .map(({ sessionKey: key, cwd, updatedAtMs }) => ({ key, cwd, updatedAtMs }));
  } finally {
    await store.close();
  }
}

/** What a session is about, for who looks for one: when it was, where, and how it began. */
export async function aboutSession(
  host: Pick<CodexHost, "transcript">,
  { key, cwd, updatedAtMs }: EarlierSession,
  nowMs = Date.now(),
): Promise<string> {
  const entries = await host.transcript(key).catch(() => []);
  const first = entries.find(({ kind }) => kind === "user")?.text ?? "";
  const words = cleanLine(first);
  const begun = words.length > 100 ? `${words.slice(0, 100).toWellFormed()}…` : words;
  return [`${duration(nowMs - updatedAtMs)} ago`, cleanLine(path.basename(cwd)), begun]
    .filter((part) => part !== "")
    .join(" · ");
}
