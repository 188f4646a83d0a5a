import {
  appendFileSync,
  closeSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Fault, FaultContext } from "../fault.ts";
import { type Folder, fill, filler, remount } from "../mount.ts";
import type { Stand } from "../stand.ts";

const disk = (
  id: string,
  folder: Folder,
  how: "full" | "read-only",
  told: RegExp,
  more: Partial<Fault> = {},
): Fault => ({
  id: `${id}-${how}`,
  does: `the disk of ${{ state: "the session store", transcripts: "the transcript", home: "CODEX_HOME" }[folder]} is ${how}`,
  told,
  mounts: folder,
  before: async ({ stand }) => {
    if (how === "full") return fill(stand, folder);
    // What is being written to cannot be made read-only.
    if (folder !== "transcripts") await stand.restart();
    remount(stand, folder, "ro");
  },
  after: async ({ stand }) => (how === "full" ? unlinkSync(filler(stand, folder)) : remount(stand, folder, "rw")),
  withinMs: 40_000,
  ...more,
});
/** The same in mid-text, when the turn runs already. */
const inTurn = (fault: Fault): Fault => ({
  ...fault,
  id: `${fault.id}-in-turn`,
  does: `${fault.does}, from mid-text on`,
  before: async () => undefined,
  turn: (context) => ({
    observer: {
      onAssistantStart: async () => {
        if (!context.notes.has("disk")) await fault.before?.(context);
        context.notes.set("disk", true);
      },
    },
  }),
});

const storeFile = ({ stand }: FaultContext): string => path.join(stand.folders.state, "sessions.db");
const transcriptFile = ({ stand }: FaultContext): string =>
  path.join(stand.folders.transcripts, readdirSync(stand.folders.transcripts)[0]!);

function rolloutsOf({ folders }: Stand): string[] {
  return readdirSync(folders.home, { recursive: true, encoding: "utf8" })
    .filter((file) => /rollout-.*\.jsonl/.test(file))
    .map((file) => path.join(folders.home, file));
}

const storeTold = /^error session_store_unusable$/;
const unwritable = /^failed other \(transcript_unwritable\)$/;
const homeTold = /^(completed|failed \w+ \(turn_failed\)|error .*|server_exit .*)$/;
/** More than fits into the page of a file that is there already. */
const long: Pick<Fault, "model"> = { model: () => [{ say: `A long answer: ${"so it goes on, ".repeat(1000)}` }] };

/** Disks and files. */
export const disks: readonly Fault[] = [
  disk("store", "state", "full", storeTold),
  disk("store", "state", "read-only", storeTold),
  inTurn(disk("store", "state", "full", /^completed$/)),
  disk("transcript", "transcripts", "full", unwritable, { noTranscript: true, ...long }),
  disk("transcript", "transcripts", "read-only", unwritable, { noTranscript: true }),
  inTurn(disk("transcript", "transcripts", "full", unwritable, { noTranscript: true, ...long })),
  inTurn(disk("transcript", "transcripts", "read-only", unwritable, { noTranscript: true })),
  disk("home", "home", "full", homeTold),
  disk("home", "home", "read-only", homeTold),
  inTurn(disk("home", "home", "full", homeTold)),
  disk("home-at-start", "home", "full", /^(completed|failed \w+ .*|error .*)$/, {
    before: async ({ stand }) => {
      await stand.restart();
      fill(stand, "home");
    },
  }),
  {
    id: "store-locked",
    does: "another program keeps the session store locked for 2 s",
    told: /^completed$/,
    before: async (context) => {
      const database = new DatabaseSync(storeFile(context));
      database.exec("BEGIN EXCLUSIVE");
      setTimeout(() => database.close(), 2000);
    },
  },
  {
    id: "store-damaged",
    does: "the session store is overwritten with nonsense while nothing runs",
    told: /^completed$/,
    expects: "it is set aside and rebuilt from what the server can list",
    before: async (context) => {
      await context.stand.host.dispose();
      for (const suffix of ["-wal", "-shm"]) rmSync(storeFile(context) + suffix, { force: true });
      const file = openSync(storeFile(context), "r+");
      writeSync(file, Buffer.alloc(statSync(storeFile(context)).size, "nonsense"));
      closeSync(file);
      await context.stand.restart();
    },
  },
  {
    id: "store-gone",
    does: "the session store is deleted while nothing runs",
    told: /^completed$/,
    expects: "without a record, the session begins anew: the thread is told the host's transcript",
    before: async (context) => {
      await context.stand.host.dispose();
      for (const suffix of ["", "-wal", "-shm"]) rmSync(storeFile(context) + suffix, { force: true });
      await context.stand.restart();
    },
    host: () => ({ adoptHistory: true }),
    replaced: "in turn",
  },
  {
    id: "transcript-torn",
    does: "the host crashed in mid-turn, and in mid-line of its transcript",
    told: /^completed$/,
    expects: "what was cut off is there again after the turn",
    before: async (context) => {
      await context.stand.host.dispose();
      const database = new DatabaseSync(storeFile(context));
      database.exec("UPDATE bindings SET last_turn_status = 'running'");
      database.close();
      await context.stand.restart();
      const file = transcriptFile(context);
      truncateSync(file, statSync(file).size - 20);
    },
  },
  {
    id: "transcript-garbage",
    does: "somebody wrote into the transcript",
    told: /^completed$/,
    before: async (context) => {
      await context.stand.restart();
      appendFileSync(transcriptFile(context), "\x00\xff nonsense {\n[]\nnull\n");
    },
  },
  {
    id: "rollout-gone",
    does: "Codex's own record of the thread is deleted while nothing runs",
    told: /^completed$/,
    replaced: "in turn",
    before: async ({ stand }) => {
      await stand.restart();
      for (const file of rolloutsOf(stand)) unlinkSync(file);
    },
  },
  {
    id: "rollout-torn",
    does: "the last line of Codex's own record was cut off by a crash",
    told: /^completed$/,
    before: async ({ stand }) => {
      await stand.restart();
      for (const file of rolloutsOf(stand)) truncateSync(file, statSync(file).size - 30);
    },
  },
];
