import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { AppServerOptions } from "../server/app-server.ts";
import { findCodexBinary } from "../server/binary.ts";
import { codexEnvironment } from "../server/environment.ts";
import type { Login } from "./login.ts";

/** Somebody who uses a server: what it is started with, and as whom. All of one slot mean the same server. */
export interface Lessee {
  readonly options: AppServerOptions;
  readonly login: Login | undefined;
  readonly idleStopMs: number;
  readonly maxServers: number;
}

/** Digests of secrets mean nothing outside of this process. */
const salt = randomBytes(32);

/**
 * What two harnesses must have in common to share a server: executable, home, account, environment, configuration, and
 * whatever else a server is started with.
 *
 * - The state folder is part of it, by its ledger: who starts there next must find this server listed.
 * - A recorded harness shares with nobody: its recording would show what others did.
 * - Environment and credentials go in as a digest.
 */
export function sharingKey({ options, login }: Pick<Lessee, "options" | "login">): string {
  const { recorder, log: _, signal: __, command, codexHome: ___, env: ____, ...rest } = options;
  return digest([
    options.endpoint ? "" : binaryOf(command),
    homeOf(options),
    login ? identityOf(login) : "native",
    Object.entries(environmentOf(options)).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    Object.entries(rest).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    recorder ? randomUUID() : "",
  ]);
}

/** Where a server keeps its threads. Two servers of one home may have the same thread in their memories. */
export function homeOf(options: AppServerOptions): string {
  // Where somebody else's server keeps them, only that one knows.
  if (options.endpoint) return options.endpoint.url;
  const home = options.codexHome ?? (environmentOf(options).CODEX_HOME || path.join(homedir(), ".codex"));
  return realPath(path.resolve(home));
}

/** A home that is not made yet has the same name before and after. */
function realPath(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    const parent = path.dirname(folder);
    return parent === folder ? folder : path.join(realPath(parent), path.basename(folder));
  }
}

function environmentOf({ env }: AppServerOptions): Record<string, string> {
  return codexEnvironment(process.env, env);
}

function binaryOf(command: string | undefined): string {
  try {
    return findCodexBinary(command).file;
  } catch {
    // Whoever starts it is told what is wrong.
    return command ?? "";
  }
}

/** Who is logged in. Tokens are replaced every hour; the person and the account they are for stay. */
function identityOf(login: Login): string {
  if (login.type === "apiKey") return digest(["key", login.apiKey]);
  const { accessToken, chatgptAccountId, chatgptPlanType } = login;
  // Members of a team have an account id in common. A token that does not say whose it is stands for itself.
  return digest(["chatgpt", chatgptAccountId, chatgptPlanType, subjectOf(accessToken) ?? accessToken]);
}

function subjectOf(token: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const { sub } = (claims ?? {}) as { sub?: unknown };
    return typeof sub === "string" && sub !== "" ? sub : undefined;
  } catch {
    return undefined;
  }
}

function digest(parts: readonly unknown[]): string {
  return createHmac("sha256", salt).update(JSON.stringify(parts)).digest("hex");
}
