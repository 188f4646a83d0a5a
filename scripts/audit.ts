import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { bundleCode } from "./build/code.ts";

/*
 * `npm audit` of what is shipped, for CI: known vulnerabilities fail it. A registry that cannot be asked is no proof of
 * anything: it is said as loudly as it can be, and the run goes on, unless AUDIT_REQUIRED=1.
 */

interface Report {
  readonly metadata?: { readonly vulnerabilities?: { readonly total?: number } };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity?: string; readonly range?: string }>>;
}

/**
 * What the answer of `npm audit --json` means. `unknown`: nobody was there to answer.
 * @param shipped whether the package of a name is of interest
 */
export function auditVerdict(
  stdout: string,
  shipped: (name: string) => boolean = () => true,
): { verdict: "clean" | "vulnerable" | "unknown"; found: string[] } {
  let report: Report | null;
  try {
    report = JSON.parse(stdout) as Report | null;
  } catch {
    return { verdict: "unknown", found: [] };
  }
  const total = report?.metadata?.vulnerabilities?.total;
  if (typeof total !== "number") return { verdict: "unknown", found: [] };
  const found = Object.entries(report?.vulnerabilities ?? {})
    .filter(([name]) => shipped(name))
    .map(([name, { severity, range }]) => `${name} ${range ?? ""}: ${severity ?? "unknown severity"}`);
  return { verdict: found.length === 0 ? "clean" : "vulnerable", found };
}

/** To npm all packages are for development: those that are shipped are in the bundle. Codex is used beside it. */
async function shippedNames(): Promise<Set<string>> {
  const scratch = await mkdtemp(path.join(tmpdir(), "codex-bridge-audit-"));
  try {
    const { packages } = await bundleCode(path.resolve(import.meta.dirname, ".."), scratch);
    const names = packages.map((folder) => folder.replace(/^.*\/node_modules\//, ""));
    if (!names.includes("zod")) throw new Error("The bundle has no packages in it: nothing would be audited.");
    return new Set([...names, "@openai/codex"]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function inTracePage(name: string): boolean {
  return name === "preact" || name.startsWith("d3-");
}

if (import.meta.main) {
  const names = await shippedNames();
  const { stdout, stderr } = await execa("npm", ["audit", "--json"], { reject: false });
  const { verdict, found } = auditVerdict(stdout, (name) => names.has(name) || inTracePage(name));
  if (verdict === "clean") process.stdout.write("audit: no known vulnerabilities in what is shipped\n");
  if (verdict === "vulnerable") process.stderr.write(`${["audit: VULNERABLE", ...found].join("\n  ")}\n`);
  if (verdict === "unknown") {
    const why = /npm (?:warn|error) audit (.*)/i.exec(stderr)?.[1] ?? "no answer";
    const line = "!".repeat(78);
    process.stderr.write(`${line}\naudit: NOT DONE. The registry did not answer: ${why.slice(0, 200)}\n`);
    process.stderr.write(`Nothing is known about vulnerabilities. AUDIT_REQUIRED=1 makes this a failure.\n${line}\n`);
  }
  process.exitCode = verdict === "clean" || (verdict === "unknown" && process.env.AUDIT_REQUIRED !== "1") ? 0 : 1;
}
