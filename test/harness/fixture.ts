import path from "node:path";
import { expect } from "vitest";
import { scriptedOverrides } from "../../src/cli/setup.ts";
import { type CodexHarnessOptions, createCodexHarness } from "../../src/harness/codex-harness.ts";
import { EmbeddedHost, type HostTurn, type HostTurnResult } from "../../src/host/embedded-host.ts";
import type { Reply } from "../../src/scripted-model/script.ts";
import { type ModelRequest, startScriptedModel } from "../../src/scripted-model/server.ts";
import type { AppServerOptions } from "../../src/server/app-server.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

type TestHostOptions = Omit<CodexHarnessOptions, "stateDir" | "server"> & {
  readonly overrides?: readonly string[];
  /** What is started instead of the managed Codex, and with which additional environment. */
  readonly command?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: AppServerOptions["log"];
  /** What the model says, when it is the same for all turns. */
  readonly reply?: Answer;
};
let openHosts = 0;

type Answer = (request: ModelRequest) => Reply | Promise<Reply>;

/**
 * A harness on the real app-server with a scripted model, in an embedded host. CODEX_UNDER_TEST names another Codex
 * than the managed one, to try an older release by hand.
 */
export async function openTestHost(name: string, options: TestHostOptions = {}) {
  const folder = testFolder(name);
  openHosts += 1;
  let answer: Answer = options.reply ?? (() => []);
  const model = await startScriptedModel({ script: (request) => answer(request) });
  const { overrides = [], command = process.env.CODEX_UNDER_TEST, env, log, reply: _, ...harnessOptions } = options;
  const server: AppServerOptions = {
    ...(command ? { command } : {}),
    codexHome: path.join(folder.path, "home"),
    configOverrides: [...scriptedOverrides(model.url), ...overrides],
    // A HOME of its own: Codex runs commands in login shells, and a developer's profile is not what is tested.
    env: { HOME: folder.path, ...env },
    ...(log ? { log } : {}),
  };
  const open = (changed: Pick<CodexHarnessOptions, "login"> = {}) => {
    const harness = createCodexHarness({ stateDir: folder.path, ...harnessOptions, ...changed, server });
    return { harness, host: new EmbeddedHost({ stateDir: folder.path, harnesses: [harness] }) };
  };
  let current = open();
  return {
    folder: folder.path,
    server,
    get harness() {
      return current.harness;
    },
    get host() {
      return current.host;
    },
    /** What the model says from now on. */
    set reply(next: Answer) {
      answer = next;
    },
    /** Everything of the bridge anew, as in another process: same folders, same model. */
    async restart(changed?: Pick<CodexHarnessOptions, "login">) {
      await current.host.dispose();
      current = open(changed);
    },
    turn: (sessionKey: string, prompt: string, extra: Partial<HostTurn> = {}): Promise<HostTurnResult> =>
      current.host.runTurn({
        sessionKey,
        prompt,
        cwd: folder.path,
        approvalPolicy: "never",
        sandbox: "danger-full-access",
        model: "gpt-5.5",
        modelProvider: "scripted",
        ...extra,
      }),
    async close() {
      await current.host.dispose();
      await model.close();
      folder.remove();
      openHosts -= 1;
      if (openHosts === 0) expect(runningBelow(process.pid)).toEqual([]);
    },
  };
}

/** kill -9 of everything this process started; a process may be gone before its turn comes. */
export function killServers(): void {
  for (const pid of runningBelow(process.pid)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: "ESRCH" });
    }
  }
}
