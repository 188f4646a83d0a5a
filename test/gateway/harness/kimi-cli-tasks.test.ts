import { expect, it } from "vitest";
import { openGatewayHost } from "../support/host.ts";
import { toolTexts } from "../support/play.ts";
import type { ScriptedAnswer, UpstreamRequest } from "../support/upstream.ts";

it("kimi-cli's background tasks are Codex's own, and only the conversation knows them", async () => {
  const bridge = await openGatewayHost("kimi-tasks", { harness: "kimi-cli" });
  try {
    const id = (request: UpstreamRequest): string => /task_id: (\S+)/.exec(toolTexts(request)[0] ?? "")?.[1] ?? "";
    bridge.upstream.script = (request) => {
      const task_id = id(request);
      const answers: ScriptedAnswer[] = [
        {
          calls: [
            {
              name: "Shell",
              args: { command: "echo up; exec sleep 600", run_in_background: true, description: "the server" },
              id: "a",
            },
          ],
        },
        {
          calls: [
            { name: "TaskList", args: {}, id: "b" },
            { name: "TaskOutput", args: { task_id }, id: "c" },
            { name: "TaskStop", args: { task_id }, id: "d" },
          ],
        },
      ];
      return answers[request.index] ?? { say: "over" };
    };
    const turn = await bridge.turn("s", "serve");
    const [started, list, seen, stopped] = toolTexts(bridge.upstream.requests.at(-1)!);
    expect(turn, started).toMatchObject({ ok: true, text: "over" });
    expect(started).toMatch(/\ntask_id: bash-\d+\nstatus: running\n[\s\S]*up\n$/);
    expect(list).toMatch(/^active_background_tasks: 1\n- bash-\d+ \(running\): the server$/);
    expect(seen).toMatch(/^task_id: bash-\d+\nstatus: running\n/);
    // The oldest releases give a command without a terminal no interruption; then it is not said to be stopped.
    expect(stopped).toMatch(/^task_id: bash-\d+\nstatus: (stopped|running)\n/);
    if (!process.env.CODEX_UNDER_TEST) expect(stopped).toMatch(/\nstatus: stopped\n/);
    expect(bridge.upstream.requests).toHaveLength(3);
  } finally {
    await bridge.close();
  }
});
