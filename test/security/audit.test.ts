import { describe, expect, it } from "vitest";
import { auditVerdict } from "../../scripts/audit.ts";

describe("the audit of dependencies", () => {
  it("tells clean from vulnerable, and both from an answer nobody gave", () => {
    expect(auditVerdict('{"metadata":{"vulnerabilities":{"total":0}},"vulnerabilities":{}}').verdict).toBe("clean");
    const report = {
      metadata: { vulnerabilities: { total: 1 } },
      vulnerabilities: { x: { severity: "high", range: "<2" } },
    };
    expect(auditVerdict(JSON.stringify(report))).toEqual({ verdict: "vulnerable", found: ["x <2: high"] });
    expect(auditVerdict(JSON.stringify(report), (name) => name === "x").verdict).toBe("vulnerable");
    expect(auditVerdict(JSON.stringify(report), (name) => name === "y").verdict).toBe("clean");
    for (const text of ["", "null", "{}", '{"error":{"code":"ENOAUDIT","summary":""}}', "<html>"]) {
      expect(auditVerdict(text).verdict).toBe("unknown");
    }
  });
});
