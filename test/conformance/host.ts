import path from "node:path";
import { type CodexHarnessOptions, createCodexHarness } from "../../src/harness/codex-harness.ts";
import { EmbeddedHost, type HostTurn, type HostTurnResult } from "../../src/host/embedded-host.ts";
import { scriptedOverrides } from "../../src/library/scripted.ts";
import type { Reply } from "../../src/scripted-model/script.ts";
import { type ModelRequest, startScriptedModel } from "../../src/scripted-model/server.ts";
import { type AppServer, type AppServerOptions, startAppServer } from "../../src/server/app-server.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";
import { scriptedThread } from "../support/scripted-thread.ts";

export interface HostOptions extends Omit<CodexHarnessOptions, "stateDir" | "server"> {
  /** Additional `-c` overrides. */
  readonly overrides?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: AppServerOptions["log"];
  /** Only this harness may run turns. */
  readonly pinnedHarness?: string;
  /** What the model says, when it is the same for all turns. */
  readonly reply?: Answer;
}

type Answer = (request: ModelRequest) => Reply | Promise<Reply>;

/** What may be another when the bridge begins anew. */
export interface Restarted extends Pick<CodexHarnessOptions, "login"> {
  readonly command?: string;
}

/** A harness on a real app-server with a scripted model, in an embedded host. Needs no test runner. */
export interface ConformanceHost {
  readonly folder: string;
  /** How its app-servers are started. */
  readonly server: AppServerOptions;
  readonly harness: ReturnType<typeof createCodexHarness>;
  readonly host: EmbeddedHost;
  /** What the model says from now on. */
  reply: Answer;
  turn(sessionKey: string, prompt: string, extra?: Partial<HostTurn>): Promise<HostTurnResult>;
  /** Everything of the bridge anew, as in another process: same folders, same model. */
  restart(changed?: Restarted): Promise<void>;
  /** kill -9 of what this host started. */
  kill(): void;
  /** Another app-server on the same state, for what the harness has no operation for. Stopped with the host. */
  startServer(): Promise<AppServer>;
  close(): Promise<void>;
}

/** @param command the executable of the release to be tried; undefined: the managed one */
export async function openHost(
  command: string | undefined,
  name: string,
  options: HostOptions = {},
): Promise<ConformanceHost> {
  const folder = testFolder(name);
  const others = new Set(runningBelow(process.pid));
  const { overrides = [], env, log, reply = () => [], pinnedHarness, ...harnessOptions } = options;
  let answer: Answer = reply;
  const model = await startScriptedModel({ script: (request) => answer(request) });
  const servers: AppServer[] = [];
  const server: AppServerOptions = {
    ...(command === undefined ? {} : { command }),
    codexHome: path.join(folder.path, "home"),
    configOverrides: [...scriptedOverrides(model.url), ...overrides],
    // A HOME of its own: Codex runs commands in login shells, and a developer's profile is not what is tested.
    env: { HOME: folder.path, ...env },
    ...(log ? { log } : {}),
  };
  const open = ({ command: other, ...changed }: Restarted = {}) => {
    const started = other === undefined ? server : { ...server, command: other };
    const harness = createCodexHarness({ stateDir: folder.path, ...harnessOptions, ...changed, server: started });
    const pinned = pinnedHarness === undefined ? {} : { pinnedHarness };
    return { harness, host: new EmbeddedHost({ stateDir: folder.path, harnesses: [harness], ...pinned }) };
  };
  let current = open();
  const kill = (): void => {
    for (const pid of runningBelow(process.pid)) if (!others.has(pid)) killHard(pid);
  };
  return {
    folder: folder.path,
    server,
    get harness() {
      return current.harness;
    },
    get host() {
      return current.host;
    },
    get reply() {
      return answer;
    },
    set reply(next: Answer) {
      answer = next;
    },
    turn: (sessionKey, prompt, extra = {}) =>
      current.host.runTurn({
        sessionKey,
        prompt,
        cwd: folder.path,
        ...scriptedThread,
        ...extra,
      }),
    async restart(changed) {
      await current.host.dispose();
      current = open(changed);
    },
    kill,
    async startServer() {
      const started = await startAppServer(server);
      servers.push(started);
      return started;
    },
    async close() {
      await Promise.all([current.host.dispose(), ...servers.map((each) => each.stop())]);
      await model.close();
      folder.remove();
    },
  };
}

/** A process may be gone before its turn comes. */
export function killHard(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ESRCH") throw thrown;
  }
}
