import { describe, expect, test } from "vitest";
import { isCodeMode, namedCall, offeredTools, patchCall, shellCall } from "../../src/scripted-model/tool-shape.ts";

const plain = offeredTools({
  tools: [
    { type: "function", name: "exec_command" },
    { type: "custom", name: "apply_patch" },
    { type: "namespace", name: "oc", tools: [{ type: "function", name: "send" }] },
  ],
});
const code = offeredTools({
  input: [
    {
      type: "additional_tools",
      role: "developer",
      tools: [
        {
          type: "namespace",
          name: "functions",
          tools: [
            { type: "custom", name: "exec" },
            { type: "function", name: "wait" },
          ],
        },
      ],
    },
  ],
});

describe("a model with plain tools", () => {
  test("runs a shell command as a function call", () => {
    const call = shellCall(plain, "ls", { yieldMs: 250, workdir: "/w", escalate: "why" });
    expect(call).toMatchObject({ kind: "function", name: "exec_command" });
    expect(JSON.parse(call.text)).toEqual({
      cmd: "ls",
      yield_time_ms: 250,
      workdir: "/w",
      sandbox_permissions: "require_escalated",
      justification: "why",
    });
  });

  test("patches with the freeform tool, or in a heredoc without it", () => {
    expect(patchCall(plain, "P")).toEqual({ kind: "custom", name: "apply_patch", text: "P" });
    const fallback = patchCall(offeredTools({ tools: [{ type: "function", name: "exec_command" }] }), "P");
    expect(JSON.parse(fallback.text)).toEqual({ cmd: "apply_patch <<'EOF'\nP\nEOF" });
  });

  test("calls a tool in its namespace, and passes malformed arguments on", () => {
    expect(namedCall(plain, "send", { a: 1 })).toMatchObject({ namespace: "oc", text: '{"a":1}' });
    expect(namedCall(plain, "send", "{oops")).toMatchObject({ text: "{oops" });
    expect(namedCall(plain, "send", undefined)).toMatchObject({ text: "{}" });
  });
});

describe("a code-mode model", () => {
  test("is told by its freeform exec tool", () => {
    expect([isCodeMode(plain), isCodeMode(code)]).toEqual([false, true]);
  });

  test("reaches shell, patch and named tools through JavaScript", () => {
    for (const [call, expected] of [
      [shellCall(code, "ls", {}), 'tools.exec_command({"cmd":"ls"})'],
      [patchCall(code, 'a"b'), 'tools.apply_patch("a\\"b")'],
      [namedCall(code, "my-tool", { q: 1 }, { namespace: "oc" }), 'tools.oc__my_tool({"q":1})'],
    ] as const) {
      expect(call).toMatchObject({ kind: "custom", name: "exec", namespace: "functions" });
      expect(call.text).toContain(expected);
    }
  });

  test("calls a tool offered to it directly as a function", () => {
    expect(namedCall(code, "wait", { cell_id: "1" })).toMatchObject({ kind: "function", namespace: "functions" });
  });
});
