/** What benches with clients run on: a folder of their own, and a model in a process of its own so that its CPU is nobody's. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client, ClientOptions } from "./turn-clients.ts";

const cache = path.join(import.meta.dirname, "../node_modules/.cache/codex-bridge");

export interface Stage {
  readonly folder: string;
  /** Where turns work, for all clients. */
  readonly cwd: string;
  readonly modelUrl: string;
  /** Starts a client with a folder of its own; it is closed when the bench is over. */
  client(
    make: (options: ClientOptions) => Promise<Client>,
    name: string,
    more?: Pick<ClientOptions, "recorder" | "onWords">,
  ): Promise<Client>;
}

/** @param name of the bench @param model its file in this folder; it says its URL to its parent and ends with it */
export async function onStage(name: string, model: string, play: (stage: Stage) => Promise<void>): Promise<void> {
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(path.join(cache, `bench-${name}-`));
  const cwd = path.join(folder, "work");
  const child = fork(path.join(import.meta.dirname, model), { stdio: "inherit" });
  const gone = once(child, "exit");
  const clients: Client[] = [];
  try {
    const failed: Promise<never> = gone.then(() => Promise.reject(new Error("the model did not start")));
    const [modelUrl] = (await Promise.race([once(child, "message"), failed])) as [string];
    await mkdir(cwd);
    await play({
      folder,
      cwd,
      modelUrl,
      async client(make, own, more = {}) {
        const client = await make({ name: own, folder: path.join(folder, own), cwd, modelUrl, ...more });
        clients.push(client);
        return client;
      },
    });
  } finally {
    await Promise.allSettled(clients.map((client) => client.close()));
    if (child.connected) child.disconnect();
    await gone;
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A turn of one session among many: a server takes 128 requests at a time and refuses more. */
export async function patiently(client: Client, session: string): Promise<void> {
  for (;;) {
    try {
      await client.turn(session);
      return;
    } catch (thrown) {
      if (!String(thrown).includes("-32001")) throw thrown;
      await sleep(20);
    }
  }
}

/** First turns, which start the threads: that takes servers long when they come all at once. */
export async function firstTurns(client: Client, sessions: readonly string[]): Promise<void> {
  const queue = [...sessions];
  const lane = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) await patiently(client, next);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}
