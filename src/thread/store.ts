import type { SQLInputValue } from "node:sqlite";
import { BridgeError } from "../errors.ts";
import type { BindingPatch, BindingState, RotationRecord, SessionOwner, ThreadBinding } from "./binding.ts";
import { Database, type Row } from "./database.ts";
import { leaseSchema } from "./lease.ts";

/** Schema versions, oldest first. Never edit one that was published: add the next. */
export const migrations = [
  `CREATE TABLE bindings (
     agent_id TEXT NOT NULL, session_key TEXT NOT NULL, session_id TEXT NOT NULL, thread_id TEXT NOT NULL,
     rollout_path TEXT, codex_version TEXT NOT NULL, codex_home TEXT, cwd TEXT NOT NULL, model TEXT,
     model_provider TEXT, policy TEXT NOT NULL, tools TEXT NOT NULL, instructions TEXT NOT NULL, state TEXT NOT NULL,
     created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, last_turn_id TEXT, last_turn_status TEXT,
     retired_reason TEXT, carry_history INTEGER, context_tokens INTEGER,
     PRIMARY KEY (agent_id, session_key)) WITHOUT ROWID;
   CREATE UNIQUE INDEX bindings_thread ON bindings (thread_id) WHERE state = 'active';
   CREATE TABLE rotations (
     agent_id TEXT NOT NULL, session_key TEXT NOT NULL, reason TEXT NOT NULL, from_thread TEXT NOT NULL,
     to_thread TEXT NOT NULL, at INTEGER NOT NULL);
   CREATE INDEX rotations_session ON rotations (agent_id, session_key, at);
   ${leaseSchema}`,
];

const columns: Readonly<Record<Exclude<keyof ThreadBinding, "tools">, string>> = {
  agentId: "agent_id",
  sessionKey: "session_key",
  sessionId: "session_id",
  threadId: "thread_id",
  rolloutPath: "rollout_path",
  codexVersion: "codex_version",
  codexHome: "codex_home",
  cwd: "cwd",
  model: "model",
  modelProvider: "model_provider",
  policy: "policy",
  instructions: "instructions",
  state: "state",
  createdAtMs: "created_at",
  updatedAtMs: "updated_at",
  lastTurnId: "last_turn_id",
  lastTurnStatus: "last_turn_status",
  retiredReason: "retired_reason",
  carryHistory: "carry_history",
  contextTokens: "context_tokens",
};
const fields = Object.entries(columns) as [Exclude<keyof ThreadBinding, "tools">, string][];
const names = [...fields.map(([, column]) => column), "tools"];
const upsert = `INSERT INTO bindings (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})
  ON CONFLICT (agent_id, session_key) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(", ")}`;

export interface StoreOptions {
  /** Told when a damaged file was set aside; the store then starts empty and wants to be rebuilt. */
  onSetAside?(movedTo: string): void;
}

/** The durable map from host sessions to Codex threads: one SQLite file, shared by every process of a host. */
export class BindingStore {
  readonly #file: string;
  readonly #options: StoreOptions;
  #opened: Promise<Database> | undefined;
  #wantsRebuild = false;

  constructor(file: string, options: StoreOptions = {}) {
    this.#file = file;
    this.#options = options;
  }

  /** True once after a damaged file was set aside: what the server can list is to be put back. */
  takeRebuild(): boolean {
    const wanted = this.#wantsRebuild;
    this.#wantsRebuild = false;
    return wanted;
  }

  /** The open database. A failed attempt is not remembered. */
  database(): Promise<Database> {
    if (this.#opened) return this.#opened;
    const opened = Database.open(this.#file, {
      migrations,
      onSetAside: (movedTo) => {
        this.#wantsRebuild = true;
        this.#options.onSetAside?.(movedTo);
      },
    });
    this.#opened = opened;
    opened.catch(() => {
      if (this.#opened === opened) this.#opened = undefined;
    });
    return opened;
  }

  async get(owner: SessionOwner): Promise<ThreadBinding | undefined> {
    const database = await this.database();
    return asBinding(
      database.get("SELECT * FROM bindings WHERE agent_id = ? AND session_key = ?", owner.agentId, owner.sessionKey),
    );
  }

  /** Every binding, most recently used first. */
  async list(): Promise<ThreadBinding[]> {
    const rows = (await this.database()).all("SELECT * FROM bindings ORDER BY updated_at DESC, session_key");
    return rows.map((row) => asBinding(row)!);
  }

  /** Why and when this session's thread was replaced, oldest first. */
  async rotations(owner: SessionOwner): Promise<RotationRecord[]> {
    const rows = (await this.database()).all(
      "SELECT * FROM rotations WHERE agent_id = ? AND session_key = ? ORDER BY at, rowid",
      owner.agentId,
      owner.sessionKey,
    );
    return rows.map((row) => ({
      ...owner,
      reason: String(row.reason),
      from: String(row.from_thread),
      to: String(row.to_thread),
      atMs: Number(row.at),
    }));
  }

  /**
   * Binds a session to a thread and, when that replaces another one, records why, in one transaction.
   * @throws BridgeError `thread_bound_elsewhere` when another session uses the thread
   */
  async bind(binding: ThreadBinding, rotation?: { reason: string; from: string }): Promise<void> {
    const database = await this.database();
    await database.write((run) => {
      const other = database.get(
        "SELECT agent_id, session_key FROM bindings WHERE thread_id = ? AND state = 'active' AND NOT (agent_id = ? AND session_key = ?)",
        binding.threadId,
        binding.agentId,
        binding.sessionKey,
      );
      if (other && binding.state === "active") throw boundElsewhere(binding.threadId, other);
      run(upsert, ...valuesOf(binding));
      if (!rotation) return;
      run(
        "INSERT INTO rotations VALUES (?, ?, ?, ?, ?, ?)",
        binding.agentId,
        binding.sessionKey,
        rotation.reason,
        rotation.from,
        binding.threadId,
        binding.updatedAtMs,
      );
    });
  }

  /** Changes some fields; a session that has no binding stays without. */
  async patch(owner: SessionOwner, patch: BindingPatch): Promise<void> {
    const database = await this.database();
    await database.write((run) => {
      const before = asBinding(
        database.get("SELECT * FROM bindings WHERE agent_id = ? AND session_key = ?", owner.agentId, owner.sessionKey),
      );
      if (before) run(upsert, ...valuesOf({ ...before, updatedAtMs: Date.now(), ...patch }));
    });
  }

  /** Removes bindings of these states that were not used since `beforeMs`, with their history. @returns how many */
  async prune(states: readonly BindingState[], beforeMs: number): Promise<number> {
    const database = await this.database();
    const marks = states.map(() => "?").join(", ");
    return database.write((run) => {
      const removed = run(`DELETE FROM bindings WHERE state IN (${marks}) AND updated_at < ?`, ...states, beforeMs);
      run(`DELETE FROM rotations WHERE NOT EXISTS
             (SELECT 1 FROM bindings b WHERE b.agent_id = rotations.agent_id AND b.session_key = rotations.session_key)`);
      return removed;
    });
  }

  async close(): Promise<void> {
    const database = await this.#opened?.catch(() => undefined);
    this.#opened = undefined;
    database?.close();
  }
}

function boundElsewhere(threadId: string, other: Row): BridgeError {
  return new BridgeError("thread_bound_elsewhere", `Thread ${threadId} belongs to another session.`, {
    remedy: "Unbind that session first (`codex-bridge sessions unbind`), or choose another thread.",
    facts: { agentId: String(other.agent_id), sessionKey: String(other.session_key) },
  });
}

function valuesOf(binding: ThreadBinding): SQLInputValue[] {
  return [...fields.map(([field]) => binding[field] ?? null), JSON.stringify(binding.tools)];
}

function asBinding(row: Row | undefined): ThreadBinding | undefined {
  if (!row) return undefined;
  const binding: Record<string, unknown> = { tools: JSON.parse(String(row.tools)) };
  for (const [field, column] of fields) if (row[column] !== null) binding[field] = row[column];
  return binding as unknown as ThreadBinding;
}
