import { readFile } from "node:fs/promises";
import { z } from "zod";
import { writeFileAtomically } from "../files/atomic-file.ts";
import type { AppServer } from "../server/app-server.ts";
import { settlesWithin } from "../server/child-process.ts";

/** A model as the app-server lists it (`model/list`). */
export interface CodexModel {
  readonly id: string;
  readonly name: string;
  readonly hidden: boolean;
  readonly isDefault: boolean;
  readonly efforts: readonly string[];
  readonly input: readonly string[];
}

const maxPages = 20;

/** Every model the server offers, in its order. */
export async function listModels(server: AppServer): Promise<CodexModel[]> {
  const models: CodexModel[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const params = { limit: 100, ...(cursor === undefined ? {} : { cursor }) };
    const { data, nextCursor } = await server.call("model/list", params);
    for (const row of data) {
      models.push({
        id: row.model ?? row.id,
        name: row.displayName ?? row.id,
        hidden: row.hidden ?? false,
        isDefault: row.isDefault ?? false,
        efforts: (row.supportedReasoningEfforts ?? []).map(({ reasoningEffort }) => reasoningEffort),
        input: row.inputModalities ?? ["text"],
      });
    }
    if (!nextCursor) break;
    cursor = nextCursor;
  }
  return models;
}

export interface ModelCatalogOptions {
  load(): Promise<readonly CodexModel[]>;
  /** Where the list is kept between processes. */
  readonly file: string;
  /** How long somebody who asks waits when nothing is known yet. */
  readonly waitMs: number;
  warn(message: string, facts: Record<string, unknown>): void;
}

const freshMs = 60 * 60_000;
const retryMs = 60_000;
const kept = z.object({ atMs: z.number(), models: z.array(z.custom<CodexModel>()) });

/**
 * The list of models, for people who choose one: at once from what is known, refreshed behind their backs when it is an
 * hour old. Only who asks first ever waits, and not for long. A list that cannot be had leaves the old one standing.
 */
export class ModelCatalog {
  readonly #options: ModelCatalogOptions;
  #known: { atMs: number; models: readonly CodexModel[] } | undefined;
  #loading: Promise<void> | undefined;
  #triedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ModelCatalogOptions) {
    this.#options = options;
  }

  async read(): Promise<readonly CodexModel[]> {
    this.#known ??= await readKept(this.#options.file);
    const old = this.#known === undefined || Date.now() - this.#known.atMs > freshMs;
    if (old && Date.now() - this.#triedAtMs > retryMs) this.#loading ??= this.#load();
    if (this.#known === undefined && this.#loading) await settlesWithin(this.#loading, this.#options.waitMs);
    return this.#known?.models ?? [];
  }

  async #load(): Promise<void> {
    this.#triedAtMs = Date.now();
    try {
      const models = await this.#options.load();
      this.#known = { atMs: Date.now(), models };
      await writeFileAtomically(this.#options.file, JSON.stringify(this.#known));
    } catch (thrown) {
      this.#options.warn("the list of models could not be refreshed", { error: String(thrown) });
    } finally {
      this.#loading = undefined;
    }
  }
}

async function readKept(file: string): Promise<{ atMs: number; models: readonly CodexModel[] } | undefined> {
  try {
    return kept.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined;
  }
}
