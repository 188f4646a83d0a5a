import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { Ledger, ledgerFolder } from "../server/ledger.ts";
import { listServers } from "../server/listed-servers.ts";
import { processTable } from "../server/processes.ts";
import { inspectStore } from "../thread/inspect-store.ts";
import { type Finding, failed, findingOf, ok, type Probe, warning } from "./check.ts";
import { folderSize, type Looking, nearestFolder, realLooking, sizeText, unwritable } from "./looking.ts";

/** Below this a turn may fail in the middle: Codex writes its records while it works. */
const tooLittleBytes = 100 * 1024 ** 2;
const littleBytes = 1024 ** 3;
const largeHomeBytes = 5 * 1024 ** 3;
/** A bridge holds its lock for microseconds. */
const lockMs = 3_000;

/** Where sessions, transcripts and the ledger of servers are. */
export function stateProbe(stateDir: string): Probe {
  return {
    id: "state_folder",
    meaning: "Sessions, transcripts and the list of running servers are kept here.",
    async look() {
      const code = await unwritable(stateDir);
      if (code === undefined) return ok(existsSync(stateDir) ? stateDir : `${stateDir} (made by the first turn)`);
      return failed(
        `${stateDir} cannot be written (${code})`,
        "Give the user that runs this write access, or name another folder (--state; for the plugin OPENCLAW_STATE_DIR).",
      );
    },
  };
}

export function diskProbe(folders: readonly string[], looking: Looking = realLooking): Probe {
  return {
    id: "disk",
    meaning: "Codex writes its records while it works: on a full disk a turn fails in the middle.",
    async look() {
      const free = await Promise.all(
        folders.map(async (folder) => {
          const { blocks, bavail, bsize } = await looking.statfs(await nearestFolder(folder));
          return { folder, bytes: bavail * bsize, disk: blocks > 0 };
        }),
      );
      const [least] = free.filter(({ disk }) => disk).toSorted((one, other) => one.bytes - other.bytes);
      if (!least) return ok("these file systems do not say how much is free");
      const found = `${sizeText(least.bytes)} free for ${least.folder}`;
      const remedy = "Make room on that disk, or keep state and recordings on another one (--state, recording.dir).";
      if (least.bytes < tooLittleBytes) return failed(found, remedy);
      return least.bytes < littleBytes ? warning(found, remedy) : ok(found);
    },
  };
}

/** Codex's own home: its account, configuration, records of threads and logs. */
export function homeProbe(home: string): Probe {
  return {
    id: "codex_home",
    meaning: "Codex keeps its account, configuration, threads and logs here; it cannot start without writing to it.",
    async look(signal) {
      const code = await unwritable(home);
      if (code !== undefined) {
        const remedy = "Give the user that runs this write access, or set CODEX_HOME to another folder.";
        return failed(`${home} cannot be written (${code})`, remedy);
      }
      if (!existsSync(home)) return ok(`${home} (made by the first turn)`);
      const { bytes, files, largest, partly } = await folderSize(home, signal);
      const most = largest && bytes > 1024 ** 2 ? `; the largest is ${largest.name}, ${sizeText(largest.bytes)}` : "";
      const found = `${home}: ${partly ? "more than " : ""}${sizeText(bytes)} in ${files} files${most}`;
      if (bytes < largeHomeBytes) return ok(found);
      return warning(
        found,
        "Delete old records below sessions/ and logs while no Codex runs; threads in them are gone then.",
      );
    },
  };
}

export function storeProbe(stateDir: string): Probe {
  return {
    id: "state_store",
    meaning: "It says which Codex thread a session goes on with.",
    async look() {
      const file = path.join(stateDir, "sessions.db");
      try {
        const facts = await inspectStore(file, lockMs);
        if (!facts) return ok(`${file} (made by the first turn)`);
        return ok(
          `${file}: ${facts.sessions} ${facts.sessions === 1 ? "session" : "sessions"}, ${facts.active} in use`,
        );
      } catch (thrown) {
        return findingOf(thrown);
      }
    },
  };
}

export function orphansProbe(stateDir: string): Probe {
  return {
    id: "orphans",
    meaning:
      "App-servers whose owner was killed use memory, and may still run commands, until the next start ends them.",
    async look() {
      const servers = await listServers(new Ledger(ledgerFolder(stateDir)), processTable(), true);
      const left = servers.filter(({ status }) => status === "leftover");
      const running = servers.filter(({ status }) => status === "running").length;
      if (left.length === 0) return ok(`none; ${running} ${running === 1 ? "server runs" : "servers run"}`);
      const pids = left.map(({ pid, processes }) => `${pid} (${processes} processes)`).join(", ");
      return warning(
        `left by killed processes: ${pids}`,
        `Run \`codex-bridge servers --reap --state ${stateDir}\`; the next start does the same.`,
      );
    },
  };
}

/** @param dir where turns are recorded; undefined: nowhere */
export function recordingProbe(dir: string | undefined): Probe {
  return {
    id: "recording",
    meaning:
      "Recordings reproduce what went wrong; a folder that cannot be written costs the recording, never the turn.",
    look: async () => (dir === undefined ? ok("turns are not recorded") : recordingFolder(dir)),
  };
}

async function recordingFolder(dir: string): Promise<Finding> {
  const code = await unwritable(dir);
  if (code !== undefined) {
    const remedy = "Give the user that runs this write access, or name another folder in recording.dir.";
    return warning(`${dir} cannot be written (${code})`, remedy);
  }
  if (!existsSync(dir)) return ok(`${dir} (made by the first recording)`);
  const { mode } = statSync(dir);
  if (process.platform !== "win32" && (mode & 0o077) !== 0) {
    return warning(`others may look into ${dir} (mode ${(mode & 0o777).toString(8)})`, `Run \`chmod 700 ${dir}\`.`);
  }
  return ok(dir);
}
