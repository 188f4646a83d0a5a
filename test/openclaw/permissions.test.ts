import { describe, expect, it } from "vitest";
import { permissionsFor } from "../../src/openclaw/permissions.ts";
import { fakeAttempt, fakeRuntime } from "./fake-attempt.ts";

const base = { approvalPolicy: "never", sandbox: "danger-full-access", approvalsReviewer: "user" } as const;
const of = (fields: object, host = fakeRuntime()) => permissionsFor(fakeAttempt(fields as never), base, host);

describe("permissionsFor", () => {
  it("leaves the plugin's own setting alone when the host says nothing", () => {
    expect(of({})).toEqual({ ...base, config: {} });
  });

  it.each([
    ["an active host sandbox", { sandbox: { enabled: true } }],
    ["no tools at all", { disableTools: true }],
    ["a model probe", { modelRun: true }],
    ["a restricted tool policy", { pluginHarnessToolPolicyRestricted: true }],
    ["a list of tools", { toolsAllow: ["message"] }],
    ["an empty list of tools", { toolsAllow: [] }],
    ["a memory flush", { memoryFlushWritePath: "memory/today.md" }],
    ["a restart that may only repeat", { forceRestartSafeTools: true }],
    ["commands on a node", { execOverrides: { host: "node" } }],
    ["a denied tool that is tied to the shell", { pluginHarnessToolPolicySafeDeniedTools: ["exec"] }],
  ])("switches Codex's own tools off for %s", (_, fields) => {
    expect(of(fields).nativeOff).toEqual(expect.any(String));
  });

  it("takes single abilities away when that is all that is denied", () => {
    const { nativeOff, config } = of({ pluginHarnessToolPolicySafeDeniedTools: ["web_search"] });
    expect(nativeOff).toBeUndefined();
    expect(config).toMatchObject({ web_search: "disabled" });
  });

  it("leaves Codex alone when a tool is denied that only the host has", () => {
    expect(of({ pluginHarnessToolPolicySafeDeniedTools: ["tts", "message"] }).nativeOff).toBeUndefined();
  });

  it.each([
    ["read-only", "read-only", "on-request", "user"],
    ["guarded", "workspace-write", "on-request", "user"],
    ["workspace", "workspace-write", "on-request", "auto_review"],
    ["full", "danger-full-access", "never", "user"],
  ])("follows the session's permission mode %s", (permissionMode, sandbox, approvalPolicy, approvalsReviewer) => {
    expect(of({ permissionMode })).toMatchObject({ sandbox, approvalPolicy, approvalsReviewer });
  });

  it("lets an exec mode only tighten", () => {
    expect(of({ permissionMode: "full", execOverrides: { mode: "deny" } })).toMatchObject({ sandbox: "read-only" });
    expect(of({ permissionMode: "read-only", execOverrides: { mode: "full" } })).toMatchObject({
      sandbox: "read-only",
    });
    expect(of({ config: { tools: { exec: { mode: "ask" } } } })).toMatchObject({
      sandbox: "workspace-write",
      approvalPolicy: "on-request",
    });
  });

  it("keeps files in the workspace when the host demands it", () => {
    expect(of({ requireWorkspaceOnly: true }).sandbox).toBe("workspace-write");
    expect(of({}, fakeRuntime({ resolveAttemptFsWorkspaceOnly: () => true })).sandbox).toBe("workspace-write");
  });

  it.each([
    { permissionMode: "something-new" },
    { clientTools: [{ name: "x" }] },
    { expectedRuntimeArtifact: { id: "a" } },
    { expectedSessionRuntimeOwnership: { model: "native", auth: "host" } },
    { requireWritableSandbox: true, sandbox: { enabled: true } },
  ])("refuses what it could only ignore: %o", (fields) => {
    expect(() => of(fields)).toThrow(expect.objectContaining({ code: "attempt_unsupported" }));
  });
});
