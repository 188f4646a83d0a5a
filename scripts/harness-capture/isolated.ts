import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Nobody listens there: what does not keep to loopback gets no further. */
const nowhere = "http://127.0.0.1:9";

/**
 * Runs a script of Node where only loopback exists: in a network namespace of its own (Linux), elsewhere with proxies that
 * lead nowhere.
 * @returns what it printed
 * @throws Error with its words when it fails
 */
export async function runIsolated(script: string, args: readonly string[]): Promise<string> {
  const apart = hasNamespaces();
  if (!apart) console.error("No network namespaces here: only proxies that lead nowhere keep CLIs from the network.");
  const node = [process.execPath, script, ...args];
  const [file, words] = apart
    ? ["unshare", ["-rn", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...node]]
    : [node[0]!, node.slice(1)];
  const proxies = { HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, NO_PROXY: "127.0.0.1,localhost" };
  const { stdout } = await run(file as string, words as string[], {
    maxBuffer: 1 << 26,
    env: { ...process.env, ...(apart ? {} : proxies) },
  });
  return stdout;
}

function hasNamespaces(): boolean {
  return process.platform === "linux" && spawnSync("unshare", ["-rn", "sh", "-c", "ip link set lo up"]).status === 0;
}
