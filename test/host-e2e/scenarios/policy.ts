import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { isEvent } from "../client.ts";
import { conversationModel } from "../model.ts";
import { processesWith } from "../processes.ts";
import { assertNoDuplicates, type Scenario, sentText, threadOf } from "../scenario.ts";
import { describeRows, openGuarded } from "./tools.ts";

export const permissionChange: Scenario = {
  id: "permission-change",
  title: "Permissions changed while a command runs: it is stopped, and the same turn goes on with the new ones",
  async run(context) {
    const session = await openGuarded(context);
    const marker = `31${process.pid}`;
    const file = path.join(context.stand.workspace, `guarded-${process.pid}.txt`);
    context.play(({ body }) => {
      const told = /read-only/.test(JSON.stringify(body)) && /[Pp]ermission/.test(JSON.stringify(body));
      if (!changed) return [{ shell: `sleep ${marker}` }];
      const called = JSON.stringify(body).includes(file);
      return called || !told
        ? [{ say: told ? "Going on." : "Nobody told me.", phase: "final_answer" }]
        : [{ shell: `touch ${file}` }];
    });
    let changed = false;
    const from = context.client.events.length;
    const sent = await context.send(session, "wait for it");
    await context.client.waitFor(
      (event) => isEvent(event, "agent", { runId: sent.runId, stream: "tool" }),
      240_000,
      "the command",
      from,
    );
    await context.eventually(async () => assert.equal((await processesWith(`sleep ${marker}`)).length > 0, true));
    changed = true;
    await context.client.call("sessions.patch", { key: session, permissionMode: "read-only" });
    const turn = await sent.ended();
    assert.equal(turn.state, "final", `the run ended with ${JSON.stringify(turn.last).slice(0, 500)}`);
    assert.equal(turn.text, "Going on.");
    assert.ok(!existsSync(file), "a command wrote a file after writing was taken away");
    await context.eventually(async () => assert.deepEqual(await processesWith(`sleep ${marker}`), []));
    assert.equal(threadOf(context.requests.at(-1)), threadOf(context.requests[0]), "another thread");
    const rows = await context.history(session);
    assert.equal(rows.filter(({ text }) => text === "wait for it").length, 1, describeRows(rows));
    assert.equal(rows.filter(({ text }) => text === "Going on.").length, 1, describeRows(rows));
  },
};

export const legacyRefs: Scenario = {
  id: "legacy-refs",
  title: "A model ref codex/… means that model on Codex: as the default, and chosen with /model; the lists know it",
  ownGateway: true,
  async run(context) {
    await context.stand.restart({ config: { agents: { defaults: { model: `codex/${conversationModel}` } } } });
    context.steps([{ say: "Answered.", phase: "final_answer" }]);
    const [byDefault, chosen] = [context.newSession(), context.newSession()];
    await context.goodTurn(chosen, `/model openai/${conversationModel}`);
    const command = await context.goodTurn(chosen, `/model codex/${conversationModel}`);
    context.figures.told = command.text.slice(0, 80);
    assert.doesNotMatch(command.text, /unknown|not allowed|fail/i, command.text);
    for (const session of [byDefault, chosen]) {
      assert.equal((await context.goodTurn(session, "hello")).text, "Answered.");
      assert.equal(context.requests.at(-1)?.body.model, conversationModel);
      assert.equal((await context.sessionRow(session))?.agentRuntime?.id, "codex");
    }
    assertNoDuplicates(await context.history(byDefault));
  },
};

export const hostSandbox: Scenario = {
  id: "host-sandbox",
  title: "With a sandbox of the host Codex itself can do nothing; commands run in the sandbox, by the host's tool",
  ownGateway: true,
  async run(context) {
    const { home } = context.stand.host;
    const root = path.join(home, "sandboxes");
    await mkdir(root, { recursive: true });
    await context.stand.restart({ config: { agents: { defaults: { sandbox: await overFakeSsh(home, root) } } } });
    const session = context.newSession();
    const outside = path.join(home, "outside.txt");
    context.steps(
      [{ shell: `touch ${outside} ${path.join(context.stand.workspace, "native.txt")}` }],
      [{ call: "exec", namespace: "workspace", args: { command: "pwd && touch in-the-sandbox.txt" } }],
      [{ say: "Done: {{lastOutput}}", phase: "final_answer" }],
    );
    const turn = await context.goodTurn(session, "touch them");
    assert.ok(!existsSync(outside), "Codex ran a command outside of the sandbox");
    assert.ok(!existsSync(path.join(context.stand.workspace, "native.txt")), "Codex ran a command in the workspace");
    const inside = (await readdir(root, { recursive: true })).filter((name) => name.endsWith("in-the-sandbox.txt"));
    assert.equal(inside.length, 1, `the sandbox has no such file; the model heard ${turn.text.slice(0, 300)}`);
    assert.match(turn.text, /sandboxes/, "the command did not run in the sandbox's folder");
    assert.doesNotMatch(sentText(context.requests[0]), /"exec_command"/, "Codex's own shell is offered");
  },
};

/** The host's ssh sandbox, with a stand-in for ssh that runs the command here: there is no machine to log in to. */
async function overFakeSsh(home: string, workspaceRoot: string) {
  const command = path.join(home, "fake-ssh");
  const script = `#!/bin/sh
while [ "$1" != openclaw-sandbox ]; do shift || exit 255; done
shift
exec /bin/sh -c "$*"
`;
  await writeFile(command, script);
  await chmod(command, 0o755);
  const ssh = { target: "nobody@127.0.0.1:22", command, workspaceRoot, strictHostKeyChecking: false };
  return { mode: "all", backend: "ssh", scope: "session", workspaceAccess: "rw", ssh };
}
