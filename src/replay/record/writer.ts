import { constants, existsSync } from "node:fs";
import { access, type FileHandle, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate as immediately } from "node:timers/promises";
import { BridgeError } from "../../errors.ts";
import type { IncompleteReason, Manifest } from "../format/format.ts";
import { manifestFile, payloadFolder, wireFile } from "../format/layout.ts";
import { scanFolder, secretsFound } from "../redact/scan.ts";
import { knownSecrets } from "../redact/secrets.ts";
import { chainedBytes } from "./chained-bytes.ts";
import { fileInTheWay } from "./file-in-the-way.ts";
import { LineMaker, type RedactionMode } from "./lines.ts";
import type { ManifestFacts } from "./manifest-facts.ts";
import type { TapeEvent } from "./tape.ts";

/** So much is written at once, and not longer is other work kept waiting. */
const flushChars = 256 * 1024;
const sliceMs = 4;

/** What became of a recording. Never an exception: the session it is of has nothing to do with it. */
export type RecordingOutcome =
  | { readonly saved: true; readonly dir: string; readonly lines: number; readonly incomplete?: IncompleteReason }
  /** `recording_has_secrets`, `recording_unwritable` or `recording_exists`; nothing is left on disk. */
  | { readonly saved: false; readonly dir: string; readonly error: BridgeError };

export interface WriterOptions {
  /** Must not exist, or be empty. Until all is well the recording is beside it, as `<dir>.partial`. */
  readonly dir: string;
  readonly mode: RedactionMode;
  /** Of all files together. */
  readonly maxBytes: number;
  /** What must not be in it, whatever it looks like. */
  readonly secrets?: readonly string[];
  /** It is a part of longer connections; see LineMaker. */
  readonly cut?: boolean;
}

/** What is known of the whole file: where it ends, in lines that are there entirely. */
interface Written {
  readonly bytes: number;
  readonly lines: number;
  readonly chain: string;
}

/** Writes one recording: redacts, chains, takes out payloads, looks for secrets. One call at a time. */
export class RecordingWriter {
  readonly #options: WriterOptions;
  readonly #partial: string;
  readonly #secrets: readonly string[];
  readonly #maker: LineMaker;
  readonly #payloads = new Set<string>();
  #waiting: string[] = [];
  #waitingPayloads = new Map<string, string>();
  #waitingChars = 0;
  #payloadBytes = 0;
  #file: FileHandle | undefined;
  #owned = false;
  #written: Written = { bytes: 0, lines: 0, chain: "" };
  #dropped = 0;
  #stopped: IncompleteReason | undefined;
  #cause: unknown;
  /** What the client said with `initialize`, as it stands in the recording. */
  capabilities: unknown = null;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#partial = `${options.dir}.partial`;
    this.#secrets = knownSecrets(process.env, options.secrets);
    this.#maker = new LineMaker(options.mode, this.#secrets, options.cut);
  }

  /** Never rejects: what cannot be written is counted, and the recording marked. */
  async write(events: readonly TapeEvent[]): Promise<void> {
    let until = performance.now() + sliceMs;
    for (const event of events) {
      if (this.#stopped) this.#dropped += 1;
      else this.#take(event);
      if (this.#waitingChars > flushChars) await this.#flush();
      if (performance.now() < until) continue;
      await immediately();
      until = performance.now() + sliceMs;
    }
    await this.#flush();
  }

  /** @param facts the rest of the manifest; `incomplete` when lines were lost before they came here */
  async finish(facts: ManifestFacts): Promise<RecordingOutcome> {
    const { dir } = this.#options;
    const reason = this.#stopped ?? facts.incomplete?.reason;
    const incomplete = reason && { reason, dropped: this.#dropped + (facts.incomplete?.dropped ?? 0) };
    const { lines, chain: chainSha256 } = this.#written;
    const manifest: Manifest = {
      ...facts,
      capabilities: this.capabilities,
      lines,
      chainSha256,
      ...(incomplete ? { incomplete } : {}),
    };
    try {
      await this.#openFile();
      // Of a disk that was full from the beginning there is nothing to save.
      if (this.#stopped === "disk" && lines === 0) throw this.#cause;
      await this.#file?.truncate(this.#written.bytes);
      await this.#file?.sync();
      await this.#file?.close();
      await writeFile(path.join(this.#partial, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`, {
        mode: 0o600,
      });
      const findings = await scanFolder(this.#partial, this.#secrets);
      if (findings.length > 0) throw secretsFound(findings);
      await rename(this.#partial, dir);
      return { saved: true, dir, lines, ...(incomplete ? { incomplete: incomplete.reason } : {}) };
    } catch (thrown) {
      await this.#file?.close().catch(() => undefined);
      if (this.#owned) await rm(this.#partial, { recursive: true, force: true }).catch(() => undefined);
      return { saved: false, dir, error: unwritable(dir, this.#cause ?? thrown) };
    }
  }

  #take(event: TapeEvent): void {
    try {
      const put = (name: string, text: string): void => {
        if (!this.#payloads.has(name)) this.#waitingPayloads.set(name, text);
      };
      const made = this.#maker.line(event, put);
      if (!made) {
        this.#dropped += 1;
        return;
      }
      const { line, message } = made;
      this.#noteCapabilities(event, message);
      this.#waiting.push(line);
      this.#waitingChars += line.length;
    } catch (thrown) {
      // One line that cannot be written down would be a hole: the recording ends before it.
      this.#dropped += 1;
      this.#stop("line", thrown);
    }
  }

  #noteCapabilities({ dir }: TapeEvent, message: unknown): void {
    if (dir !== "c2s" || this.capabilities !== null || message === undefined) return;
    const { method, params } = message as { method?: unknown; params?: { capabilities?: unknown } };
    if (method === "initialize") this.capabilities = params?.capabilities ?? null;
  }

  #stop(reason: IncompleteReason, cause?: unknown): void {
    this.#stopped ??= reason;
    this.#cause ??= cause;
  }

  async #flush(): Promise<void> {
    const lines = this.#waiting;
    const payloads = this.#waitingPayloads;
    this.#waiting = [];
    this.#waitingPayloads = new Map();
    this.#waitingChars = 0;
    if (lines.length === 0) return;
    const { bytes, link } = chainedBytes(lines, this.#written.chain);
    const more = [...payloads.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (this.#written.bytes + this.#payloadBytes + bytes.length + more > this.#options.maxBytes) this.#stop("size");
    if (this.#stopped === "size" || this.#stopped === "disk") {
      this.#dropped += lines.length;
      return;
    }
    try {
      await this.#openFile();
      for (const [name, text] of payloads) await this.#writePayload(name, text);
      await this.#file?.appendFile(bytes);
      const { bytes: before, lines: count } = this.#written;
      this.#written = { bytes: before + bytes.length, lines: count + lines.length, chain: link };
      this.#payloadBytes += more;
    } catch (thrown) {
      this.#dropped += lines.length;
      this.#stop("disk", thrown);
    }
  }

  async #openFile(): Promise<void> {
    if (this.#file) return;
    if (!this.#owned) {
      await makeFolders(path.dirname(this.#partial));
      // Fails when it is there: then it is somebody else's, and stays.
      await mkdir(this.#partial, { mode: 0o700 });
      this.#owned = true;
    }
    this.#file = await open(path.join(this.#partial, wireFile), "wx", 0o600);
  }

  async #writePayload(name: string, text: string): Promise<void> {
    if (this.#payloads.size === 0)
      await mkdir(path.join(this.#partial, payloadFolder), { recursive: true, mode: 0o700 });
    await writeFile(path.join(this.#partial, payloadFolder, name), text, { mode: 0o600 });
    this.#payloads.add(name);
  }
}

/** On a disk that is read-only, mkdir says of a folder two levels down that the one above it is missing. */
async function makeFolders(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
    let above = path.dirname(dir);
    while (!existsSync(above) && above !== path.dirname(above)) above = path.dirname(above);
    await access(above, constants.W_OK);
    throw thrown;
  }
}

function unwritable(dir: string, cause: unknown): BridgeError {
  if (cause instanceof BridgeError) return cause;
  const { code, path: where } = (cause ?? {}) as NodeJS.ErrnoException;
  if (code === "ENOTEMPTY" || (code === "EEXIST" && where === `${dir}.partial`)) {
    return new BridgeError("recording_exists", "There is something in the way of the recording.", {
      remedy: "Choose a folder that does not exist yet, or remove it and the one beside it that ends in .partial.",
      facts: { dir },
      cause,
    });
  }
  const inTheWay = code === "EEXIST" || code === "ENOTDIR" ? fileInTheWay(dir, cause) : undefined;
  if (inTheWay) return inTheWay;
  return new BridgeError("recording_unwritable", `The recording could not be written (${code ?? "unknown reason"}).`, {
    remedy: "Check the folder's permissions and free space.",
    facts: { dir },
    cause,
  });
}
