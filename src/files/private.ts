import { chmodSync, closeSync, constants, fchmodSync, fstatSync, lstatSync, mkdirSync, openSync } from "node:fs";

/** What others than the owner may do. */
const others = 0o077;

/**
 * Makes a folder of the bridge's own, for nobody but its user; one that is there and open to others is closed to them. Only
 * for folders the bridge named itself: how open somebody else's folder is, is theirs to say.
 */
export function makePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  // A link is not followed: it may lead to a folder that is not ours.
  if (stat.isDirectory() && isOurs(stat.uid) && (stat.mode & others) !== 0) chmodSync(folder, 0o700);
}

/** Makes sure that a file is there, empty if it is new, and that nobody but its user can read it. */
export function makePrivateFile(file: string): void {
  try {
    closeSync(openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600));
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    // Not opened: closing it again would take away the locks this process has on it (POSIX).
    const stat = lstatSync(file);
    if (stat.isFile() && isOurs(stat.uid) && (stat.mode & others) !== 0) chmodSync(file, 0o600);
  }
}

/** Takes an open file from everybody but its user; what is no file, such as a pipe, stays as it is. */
export function closeToOthers(handle: number): void {
  const stat = fstatSync(handle);
  if (stat.isFile() && isOurs(stat.uid) && (stat.mode & others) !== 0) fchmodSync(handle, 0o600);
}

/** Windows has no such owner; its folders are as private as the one they are in. */
function isOurs(uid: number): boolean {
  return process.getuid === undefined || process.getuid() === uid;
}
