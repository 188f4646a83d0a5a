import type { Stats } from "node:fs";
import { lstat, readlink, stat } from "node:fs/promises";
import path from "node:path";
import { BridgeError } from "../../errors.ts";

/** What is looked at; replaced in tests of owners that cannot be made. */
export interface Looking {
  lstat(file: string): Promise<Stats>;
  stat(file: string): Promise<Stats>;
  readlink(file: string): Promise<string>;
  readonly uid: number | undefined;
}

const real: Looking = { lstat, stat, readlink, uid: process.getuid?.() };

/**
 * Refuses a socket that somebody else may listen on: we would tell that process our prompts and run its tool calls. The
 * socket must be ours alone, in a folder where only we (or root) decide what its names stand for. Newer releases of Codex
 * (0.169.0 does, 0.142.5 does not) leave a link to a socket in a folder of their own: then both have to be so.
 * @returns the path of the socket itself, which is what was looked at
 * @throws BridgeError `endpoint_not_found` | `endpoint_not_ours`
 */
export async function requireOwnSocket(socket: string, looking: Looking = real): Promise<string> {
  const { uid } = looking;
  if (uid === undefined) {
    throw new BridgeError("endpoint_not_ours", "The owner of a socket cannot be checked on this system.", {
      remedy: "Use ws://127.0.0.1:PORT with a token.",
    });
  }
  const file = await look(() => looking.lstat(socket), socket);
  if (!file.isSymbolicLink()) {
    await requireOwn(socket, file, uid, looking);
    return socket;
  }
  if (file.uid !== uid) throw notOurs(`The link ${socket} belongs to user ${file.uid}, not to ${uid}.`);
  await requireOwnFolder(path.dirname(socket), uid, looking);
  const target = path.resolve(path.dirname(socket), await look(() => looking.readlink(socket), socket));
  await requireOwn(target, await look(() => looking.lstat(target), target), uid, looking);
  return target;
}

async function requireOwn(socket: string, file: Stats, uid: number, looking: Looking): Promise<void> {
  if (!file.isSocket()) throw notFound(socket, "is no socket");
  if (file.uid !== uid) throw notOurs(`The socket ${socket} belongs to user ${file.uid}, not to ${uid}.`);
  if ((file.mode & 0o077) !== 0) throw notOurs(`Others may use the socket ${socket} (mode ${octal(file)}).`);
  await requireOwnFolder(path.dirname(socket), uid, looking);
}

async function requireOwnFolder(folder: string, uid: number, looking: Looking): Promise<void> {
  const place = await look(() => looking.stat(folder), folder);
  if (place.uid !== uid && place.uid !== 0) {
    throw notOurs(`The folder ${folder} belongs to user ${place.uid}, not to ${uid}.`);
  }
  // In a sticky folder others can make names of their own, but cannot take ours.
  const sticky = (place.mode & 0o1000) !== 0;
  if ((place.mode & 0o022) !== 0 && !sticky) {
    throw notOurs(`Others may write in the folder ${folder} (mode ${octal(place)}).`);
  }
}

async function look<T>(ask: () => Promise<T>, file: string): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    throw notFound(file, `cannot be looked at (${(thrown as NodeJS.ErrnoException).code ?? "unknown reason"})`);
  }
}

function octal({ mode }: Stats): string {
  return (mode & 0o7777).toString(8);
}

function notFound(file: string, why: string): BridgeError {
  return new BridgeError("endpoint_not_found", `${file} ${why}.`, {
    remedy: "Start the server (codex app-server --listen unix://PATH) and give the same path.",
  });
}

function notOurs(message: string): BridgeError {
  return new BridgeError("endpoint_not_ours", message, {
    remedy: "Run the server as the same user, with its socket (mode 600) in a folder only that user can write to.",
  });
}
