/**
 * Turns through a real OpenClaw gateway, with our plugin and with the official one.
 *
 *   node bench/host.ts [--json] [--turns N] [--host VERSION] [--keep]
 *
 * Two gateways of the same host, each with its plugin, its Codex and a scripted model that answers at once, take turns
 * (A B, B A, ...) on one session each. Then a gateway with our plugin alone runs turns under V8's profiler: our share of
 * its CPU is what was spent in our files. What a plugin adds to a model request is counted against what the same Codex
 * sends by itself. The host and the official plugin are installed from npm once (1 GB).
 */
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { incumbentVersion } from "../scripts/host-e2e.ts";
import { installHost } from "../scripts/openclaw-hosts.ts";
import { scriptedOverrides } from "../src/library/scripted.ts";
import type { ModelRequest } from "../src/scripted-model/server.ts";
import { isConversation } from "../test/host-e2e/model.ts";
import type { PluginName } from "../test/host-e2e/plugins.ts";
import { commonPrefix, promptParts } from "../test/host-e2e/prompt.ts";
import { removeStand, Stand } from "../test/host-e2e/stand.ts";
import { sendMessage } from "../test/host-e2e/turn.ts";
import { absolute, type Figure, ratio, report } from "./figure.ts";
import { bareRequest } from "./host-bare.ts";
import { shareOf, type Window } from "./host-share.ts";
import { machineFacts, median, ratioInterval } from "./stats.ts";

const TARGETS = { turn: 0.6, cpuMs: 25, bytes: 0.5, prefix: 0.99 };
const WARM_UP = 5;
/** What a gateway still does after a turn must not fall into the other's. */
const PAUSE_MS = 150;
const { values } = scriptArguments(headOf(import.meta.filename), {
  options: {
    json: { type: "boolean", default: false },
    turns: { type: "string", default: "31" },
    host: { type: "string" },
    keep: { type: "boolean", default: false },
  },
});
const turns = wholeNumber("turns", values.turns, 3);
const host = values.host ?? incumbentVersion;
const say = (text: string): void => {
  if (!values.json) console.log(text);
};

interface Turn {
  readonly totalMs: number;
  readonly firstMs: number;
  /** Microseconds of the monotonic clock. */
  readonly window: Window;
}

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

class Side {
  readonly stand: Stand;
  readonly turns: Turn[] = [];
  readonly #session: string;

  constructor(stand: Stand) {
    this.stand = stand;
    this.#session = `agent:main:bench-${stand.plugin}-${process.pid}`;
    stand.model.play(() => [{ say: "Quick.", phase: "final_answer" }, { usage: { input: 1000, output: 10 } }]);
  }

  async turn(count: boolean): Promise<void> {
    const from = nowUs();
    const sent = await sendMessage(this.stand.client, this.#session, `turn ${this.turns.length}`);
    const seen = await sent.ended();
    if (seen.state !== "final" || seen.text !== "Quick.") throw new Error(`${this.stand.plugin}: ${seen.state}`);
    const window = [from, nowUs()] as const;
    if (count) this.turns.push({ totalMs: (window[1] - from) / 1000, firstMs: seen.firstTextMs ?? Number.NaN, window });
    await sleep(PAUSE_MS);
  }

  get requests(): ModelRequest[] {
    return this.stand.model.requests.filter(isConversation);
  }

  /** The request of the last turn, and what the same Codex would have sent without any host. */
  async bytes() {
    const first = this.requests[0]!;
    const processes = await this.stand.processes();
    const binary = processes.map(({ command }) => command.split(" ")[0]!).find((file) => /\/codex$/.test(file));
    if (binary === undefined) throw new Error(`${this.stand.plugin}: its Codex was not found`);
    const bare = await bareRequest(binary, this.stand.workspace, scriptedOverrides);
    const parts = ({ body }: ModelRequest) => {
      const { tools, instructions, items } = promptParts(body);
      const input = items.reduce((sum, item) => sum + item.length, 0);
      return { tools: tools.length, instructions: instructions.length, input };
    };
    return {
      added: first.bytes - bare.bytes,
      total: first.bytes,
      bare: bare.bytes,
      parts: parts(first),
      of: parts(bare),
    };
  }

  /** Of all consecutive requests, the worst. */
  prefix(): number {
    const kept = this.requests.filter(({ body }) => Array.isArray(body.input));
    return Math.min(...kept.slice(1).map((later, index) => commonPrefix(kept[index]!.body, later.body)));
  }
}

const open = async (plugin: PluginName, entry: string, nodeArgs?: readonly string[]): Promise<Stand> => {
  const name = `bench-host-${plugin}${nodeArgs ? "-profiled" : ""}-${process.pid}`;
  const stand = await Stand.open({
    plugin,
    entry,
    incumbentVersion,
    name,
    keep: values.keep,
    ...(nodeArgs ? { nodeArgs } : {}),
  });
  say(`${plugin}: the gateway is ready after ${stand.gateway.readyMs} ms`);
  return stand;
};

async function compared(entry: string): Promise<{ figures: Figure[]; detail: object }> {
  const stands: Stand[] = [];
  try {
    stands.push(await open("incumbent", entry), await open("ours", entry));
    const sides = stands.map((stand) => new Side(stand));
    for (let n = -WARM_UP; n < turns; n += 1) {
      for (const side of n % 2 === 0 ? sides : sides.toReversed()) await side.turn(n >= 0);
    }
    const [official, ours] = sides as [Side, Side];
    const times = (side: Side, key: "totalMs" | "firstMs"): number[] => side.turns.map((turn) => turn[key]);
    const bytes = { ours: await ours.bytes(), official: await official.bytes() };
    const against = `the official plugin ${incumbentVersion}`;
    const figures = [
      ratio({
        what: "warm turn through a real gateway",
        ours: median(times(ours, "totalMs")),
        other: median(times(official, "totalMs")),
        against,
        unit: "ms",
        target: TARGETS.turn,
        interval: ratioInterval(times(ours, "totalMs"), times(official, "totalMs")),
        note: "the host's own work is in both, and is most of it: see what our own code takes",
      }),
      ratio({
        what: "added to the model request of a minimal turn in the real host",
        ours: bytes.ours.added / 1024,
        other: bytes.official.added / 1024,
        against,
        unit: "KiB",
        target: TARGETS.bytes,
      }),
      {
        ...absolute({
          what: "of a session's model request, with which the next one begins (the worst pair)",
          ours: ours.prefix() * 100,
          unit: "%",
          target: TARGETS.prefix * 100,
          least: true,
          note: `with the official plugin ${(official.prefix() * 100).toFixed(2)} %`,
        }),
      },
    ];
    const firstTokenMs = { ours: median(times(ours, "firstMs")), official: median(times(official, "firstMs")) };
    return { figures, detail: { firstTokenMs, bytes } };
  } finally {
    for (const stand of stands) await stand.close();
  }
}

/** Under the profiler, and therefore by itself. */
async function profiled(entry: string): Promise<{ figures: Figure[]; detail: object }> {
  const folder = path.join(
    import.meta.dirname,
    `../node_modules/.cache/codex-bridge/bench-host-profile-${process.pid}`,
  );
  await mkdir(folder, { recursive: true });
  process.env.BENCH_PROFILE_DIR = folder;
  const profiler = pathToFileURL(path.join(import.meta.dirname, "host-profiler.mjs")).href;
  const stand = await open("ours", entry, ["--no-warnings", `--import=${profiler}`]);
  try {
    const side = new Side(stand);
    // The profiler is there before the warm-up is over.
    await writeFile(path.join(folder, "start"), "");
    for (let n = -WARM_UP; n < turns; n += 1) await side.turn(n >= 0);
    const file = `${stand.gateway.pid}.cpuprofile`;
    await stand.stop();
    if (!(await readdir(folder)).includes(file)) throw new Error("the gateway left no profile");
    const windows = side.turns.map(({ window }) => window);
    const share = await shareOf(path.join(folder, file), windows, isOurs);
    const perTurn = (ms: number): number => ms / turns;
    const figure = absolute({
      what: "our own code in a warm turn of the real host, CPU",
      ours: perTurn(share.oursMs),
      unit: "ms",
      target: TARGETS.cpuMs,
      note: `of ${perTurn(share.busyMs).toFixed(0)} ms that the gateway was busy; collecting garbage took ${perTurn(share.collectorMs).toFixed(1)} ms of them`,
    });
    const top = share.top.map(({ what, ms }) => ({ what, "ms per turn": perTurn(ms) }));
    return { figures: [figure], detail: { profile: path.join(folder, file), top } };
  } finally {
    await stand.close();
  }
}

/** The host runs a copy that it makes of the linked package. */
function isOurs(url: string): boolean {
  return /\/package-\d+\/node_modules\/package\/dist\//.test(url);
}

// A person who gives up leaves nothing behind.
const giveUp = (): void => {
  const names = ["ours", "incumbent", "ours-profiled"].map((plugin) => `bench-host-${plugin}-${process.pid}`);
  void Promise.allSettled(names.map(removeStand)).finally(() => process.exit(130));
};
process.once("SIGINT", giveUp).once("SIGTERM", giveUp);

const { entry } = await installHost(host);
const sides = await compared(entry);
const own = await profiled(entry);
const machine = { ...machineFacts(), host: `OpenClaw ${host}` };
const detail = { ...sides.detail, ...own.detail };
report({ machine, figures: [...sides.figures, ...own.figures], detail }, values);
if (!values.json) console.log(JSON.stringify(detail, null, 1));
