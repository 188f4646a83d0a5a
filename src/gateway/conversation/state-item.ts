import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { jsonObject } from "../json.ts";

/*
 * What Codex's own items have no place for travels in the `encrypted_content` of a reasoning item: Codex replays it
 * verbatim, over turns, forks and resumes, in every release since 0.125. It is signed, so that nothing a model or a
 * tool wrote can pass for it; it is not secret.
 */

const prefix = "cb1.";

const state = z.object({
  v: z.literal(1),
  /** Harness that shaped the answer. */
  h: z.string(),
  /** Id of the answer; call ids of its native calls begin with it. */
  r: z.string(),
  /** Codex's turn. */
  t: z.string(),
  /** The answer's text as the model wrote it, where it differs from what was shown. */
  text: z.string().optional(),
  th: z
    .array(
      z.object({
        text: z.string(),
        signature: z.string().optional(),
        redacted: z.string().optional(),
        after: z.number().optional(),
      }),
    )
    .optional(),
  /** `problem`: why a call was not executed, where its text does not say so. */
  calls: z
    .array(z.object({ id: z.string(), name: z.string(), text: z.string(), problem: z.string().optional() }))
    .optional(),
  /** What was observed at the beginning of the conversation, and when the last user message was said. */
  facts: jsonObject.optional(),
  turn: jsonObject.optional(),
});

export type AnswerState = z.infer<typeof state>;

export class StateSeal {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  seal(value: AnswerState): string {
    const payload = Buffer.from(JSON.stringify(value)).toString("base64url");
    return `${prefix}${payload}.${this.#sign(payload).toString("base64url")}`;
  }

  /** @returns undefined for what is missing, foreign, forged or damaged: all of them are treated alike */
  open(sealed: string | undefined): AnswerState | undefined {
    if (sealed === undefined || !sealed.startsWith(prefix)) return undefined;
    const [payload = "", signature = ""] = sealed.slice(prefix.length).split(".");
    const found = Buffer.from(signature, "base64url");
    const wanted = this.#sign(payload);
    if (found.length !== wanted.length || !timingSafeEqual(found, wanted)) return undefined;
    try {
      return state.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
    } catch {
      return undefined;
    }
  }

  #sign(payload: string): Buffer {
    return createHmac("sha256", this.#key).update(payload).digest();
  }
}

const keyBytes = 32;

/** The seal of a state folder; its key is made when there is none, private to the user. */
export async function stateSeal(stateDir: string): Promise<StateSeal> {
  const file = path.join(stateDir, "gateway.key");
  const known = await readKey(file);
  if (known) return new StateSeal(known);
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await writeFile(fresh, randomBytes(keyBytes).toString("base64"), { mode: 0o600, flag: "wx" });
  try {
    // A link is made only where nothing stands: of several processes, one's key becomes everybody's.
    await link(fresh, file).catch(() => undefined);
    const written = await readKey(file);
    if (written) return new StateSeal(written);
    // What stands there is no key.
    await rename(fresh, file);
  } finally {
    await rm(fresh, { force: true });
  }
  return stateSeal(stateDir);
}

async function readKey(file: string): Promise<Buffer | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  const key = Buffer.from(text, "base64");
  return key.length === keyBytes ? key : undefined;
}
