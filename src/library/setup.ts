import path from "node:path";
import { makePrivateFolder } from "../files/private.ts";
import type { CodexHarnessOptions } from "../harness/codex-harness.ts";

/** What a host with Codex alone is made of, and what is closed with it. */
export interface Setup {
  readonly harness: CodexHarnessOptions;
  /** The model provider and default model that turns have to name; absent with real credentials. */
  readonly modelProvider?: string;
  readonly model?: string;
  readonly scriptedModel?: Closeable;
  readonly gateway?: Closeable;
}

interface Closeable {
  close(): Promise<void>;
}

/**
 * A Codex home below a state folder, made when missing. Codex writes its records into it for everybody to read: the
 * folder keeps them from others.
 */
export function ownHome(stateDir: string): string {
  const home = path.join(stateDir, "codex-home");
  makePrivateFolder(home);
  return home;
}
