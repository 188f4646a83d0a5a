/** The processes of bench/million.ts: each runs the same turn and prints what it cost. */
import { spawn } from "node:child_process";
import path from "node:path";
import { lineParser } from "./floor.ts";

const [role = "", server = "", folder = "", deltas = ""] = process.argv.slice(2);
const env = { BENCH_DELTAS: deltas };

function used(before: NodeJS.CpuUsage, chars: number): string {
  const { user, system } = process.cpuUsage(before);
  const rssMb = process.resourceUsage().maxRSS / 1024;
  return JSON.stringify({ cpuMs: (user + system) / 1000, rssMb, chars });
}

async function ours(): Promise<string> {
  const { createEmbeddedHost } = await import("../src/index.ts");
  const host = await createEmbeddedHost({ stateDir: folder, server: { command: server, env, codexHome: folder } });
  await host.harness.prewarm();
  let chars = 0;
  const observer = {
    onCommentary: ({ delta }: { delta: string }): void => {
      chars += delta.length;
    },
  };
  const settings = { approvalPolicy: "never", sandbox: "danger-full-access" } as const;
  const before = process.cpuUsage();
  const turn = { sessionKey: "million", prompt: "go", cwd: folder, model: "m", observer, ...settings };
  const result = await host.runTurn(turn);
  if (!result.ok) throw new Error(`the turn ended as ${result.outcome.kind}`);
  const written = result.entries.reduce((sum, { text = "" }) => sum + text.length, 0);
  if (written !== chars) throw new Error(`${written} characters were written, ${chars} shown`);
  const told = used(before, chars);
  await host.dispose();
  return told;
}

async function floor(): Promise<string> {
  const child = spawn(process.execPath, [server, "app-server"], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const before = process.cpuUsage();
  for (const [id, method] of ["initialize", "thread/start", "turn/start"].entries()) {
    child.stdin.write(`${JSON.stringify({ id, method, params: {} })}\n`);
  }
  let chars = 0;
  const take = lineParser(({ method, params }: { method?: string; params: { delta: string } }) => {
    if (method === "item/agentMessage/delta") chars += params.delta.length;
    if (method === "turn/completed") child.stdin.end();
  });
  for await (const chunk of child.stdout) take(chunk);
  return used(before, chars);
}

process.chdir(path.dirname(server));
process.stdout.write(await (role === "ours" ? ours() : floor()));
