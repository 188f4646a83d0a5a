import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { BridgeError } from "../errors.ts";
import { writeFileAtomically } from "../files/atomic-file.ts";

/** Which Codex thread a host session uses. */
export interface ThreadBinding {
  readonly sessionKey: string;
  /** Generation of the session: another id under the same key is a new conversation. */
  readonly sessionId: string;
  readonly threadId: string;
  readonly cwd: string;
  readonly codexVersion: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Durable map from session key to binding. */
export interface BindingStore {
  get(sessionKey: string): Promise<ThreadBinding | undefined>;
  put(binding: ThreadBinding): Promise<void>;
  remove(sessionKey: string): Promise<void>;
}

const bindingShape = z.object({
  sessionKey: z.string(),
  sessionId: z.string(),
  threadId: z.string(),
  cwd: z.string(),
  codexVersion: z.string(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
});

/** One private file per session, replaced atomically: a crash leaves the old binding or the new one. */
export class FileBindingStore implements BindingStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async get(sessionKey: string): Promise<ThreadBinding | undefined> {
    const file = this.#file(sessionKey);
    let content: string;
    try {
      content = await readFile(file, "utf8");
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw this.#unusable(file, "cannot be read", thrown);
    }
    try {
      return bindingShape.parse(JSON.parse(content));
    } catch (thrown) {
      throw this.#unusable(file, "is not a session binding", thrown);
    }
  }

  async put(binding: ThreadBinding): Promise<void> {
    const file = this.#file(binding.sessionKey);
    try {
      await writeFileAtomically(file, `${JSON.stringify(binding)}\n`);
    } catch (thrown) {
      throw this.#unusable(file, "cannot be written", thrown);
    }
  }

  async remove(sessionKey: string): Promise<void> {
    await rm(this.#file(sessionKey), { force: true });
  }

  /** Session keys are foreign text: the file name is a digest, so that no key can name another folder. */
  #file(sessionKey: string): string {
    return path.join(this.#folder, `${createHash("sha256").update(sessionKey).digest("hex").slice(0, 32)}.json`);
  }

  #unusable(file: string, what: string, cause: unknown): BridgeError {
    return new BridgeError("session_store_unusable", `The session file ${file} ${what}.`, {
      remedy: "Check the folder's permissions and free space; removing the file starts the session afresh.",
      cause,
    });
  }
}
