import { execa } from "execa";

/*
 * `npm audit` of what is shipped, for CI: known vulnerabilities fail it. A registry that cannot be asked is no proof of
 * anything: it is said as loudly as it can be, and the run goes on, unless AUDIT_REQUIRED=1.
 */

interface Report {
  readonly metadata?: { readonly vulnerabilities?: { readonly total?: number } };
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity?: string; readonly range?: string }>>;
}

/** What the answer of `npm audit --json` means. `unknown`: nobody was there to answer. */
export function auditVerdict(stdout: string): { verdict: "clean" | "vulnerable" | "unknown"; found: string[] } {
  let report: Report | null;
  try {
    report = JSON.parse(stdout) as Report | null;
  } catch {
    return { verdict: "unknown", found: [] };
  }
  const total = report?.metadata?.vulnerabilities?.total;
  if (typeof total !== "number") return { verdict: "unknown", found: [] };
  const found = Object.entries(report?.vulnerabilities ?? {}).map(
    ([name, { severity, range }]) => `${name} ${range ?? ""}: ${severity ?? "unknown severity"}`,
  );
  return { verdict: total === 0 ? "clean" : "vulnerable", found };
}

if (import.meta.main) {
  const { stdout, stderr } = await execa("npm", ["audit", "--omit=dev", "--json"], { reject: false });
  const { verdict, found } = auditVerdict(stdout);
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
