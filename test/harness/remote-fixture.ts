import path from "node:path";
import { installRelease } from "../../scripts/codex-releases.ts";
import { createCodexHarness } from "../../src/harness/codex-harness.ts";
import { EmbeddedHost, type HostTurn, type HostTurnResult } from "../../src/host/embedded-host.ts";
import { scriptedOverrides } from "../../src/library/scripted.ts";
import { type FactKey, factsFor } from "../../src/protocol/facts.ts";
import { floorVersion } from "../../src/protocol/user-agent.ts";
import type { Reply } from "../../src/scripted-model/script.ts";
import { type ModelRequest, startScriptedModel } from "../../src/scripted-model/server.ts";
import { type AppServer, startAppServer } from "../../src/server/app-server.ts";
import { findCodexBinary } from "../../src/server/binary.ts";
import { testFolder } from "../support/home.ts";
import { type Listening, listening } from "../support/listening.ts";
import { relay } from "../support/relay.ts";
import { scriptedThread } from "../support/scripted-thread.ts";

async function probe(url: string): Promise<AppServer> {
  const server = await startAppServer({ endpoint: { url } });
  await server.stop();
  return server;
}

type Answer = (request: ModelRequest) => Reply | Promise<Reply>;

/** Releases, `managed` for the one that is installed beside us, and how their app-servers are reached. */
export const remoteCases = [
  [floorVersion, "unix"],
  [floorVersion, "websocket"],
  ["managed", "unix"],
  ["managed", "websocket"],
] as const;

/** A harness that is connected, through a relay, to a real app-server that somebody else runs. */
export async function openRemoteHost(name: string, kind: "unix" | "websocket", release: string) {
  const { command } = release === "managed" ? findCodexBinary() : await installRelease(release);
  const folder = testFolder(name);
  let answer: Answer = () => [];
  const model = await startScriptedModel({ script: (request) => answer(request) });
  const home = path.join(folder.path, "h");
  const start = (port?: number) =>
    listening({
      command,
      home,
      kind,
      overrides: scriptedOverrides(model.url),
      ...(port === undefined ? {} : { port }),
    });
  let server: Listening = await start();
  const { version } = (await probe(server.url)).info;
  const between = await relay(server.url, folder.path);
  const logged: string[] = [];
  const harness = createCodexHarness({
    stateDir: folder.path,
    server: {
      endpoint: { url: between.url },
      log: (level, message, facts) => logged.push(`${level} ${message} ${JSON.stringify(facts ?? {})}`),
    },
  });
  const host = new EmbeddedHost({ stateDir: folder.path, harnesses: [harness] });
  return {
    folder: folder.path,
    harness,
    host,
    between,
    logged,
    model,
    get server() {
      return server;
    },
    set reply(next: Answer) {
      answer = next;
    },
    lacks: (fact: FactKey): boolean => !factsFor(version).supports(fact),
    /** How the turns of a thread stand, as the server tells another client; newest first. */
    async turnsOf(threadId: string): Promise<string[]> {
      const other = await startAppServer({ endpoint: { url: server.url } });
      const { data } = await other.call("thread/turns/list", { threadId, limit: 8, itemsView: "notLoaded" });
      await other.stop();
      return data.map(({ status }) => status);
    },
    /** kill -9, and another one in its place. */
    kill: () => server.kill(),
    async startAgain() {
      server = await start(kind === "unix" ? undefined : Number(new URL(server.url).port));
    },
    turn: (sessionKey: string, prompt: string, extra: Partial<HostTurn> = {}): Promise<HostTurnResult> =>
      host.runTurn({
        sessionKey,
        prompt,
        cwd: folder.path,
        ...scriptedThread,
        ...extra,
      }),
    async close() {
      await host.dispose();
      await between.close();
      const lived = server.alive;
      await server.kill();
      await model.close();
      folder.remove();
      return { lived };
    },
  };
}
