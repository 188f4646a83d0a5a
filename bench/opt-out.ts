/**
 * What asking the server to leave out the notifications we do not use saves on the pipe.
 *
 *   node bench/opt-out.ts [--json] [--turns N]
 *
 * Two app-servers of the same binary, one asked and one not, take turns on the same scripts. Counted is what arrives on
 * stdout: messages and bytes. Counts of equal turns are equal but for a few of Codex's own, so few turns are enough.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { headOf, scriptArguments, wholeNumber } from "../scripts/arguments.ts";
import { ignoredNotifications } from "../src/protocol/ignored.ts";
import type { Part, Reply } from "../src/scripted-model/script.ts";
import { type ModelRequest, startScriptedModel } from "../src/scripted-model/server.ts";
import { managedBinary } from "../src/server/binary.ts";
import { startRawDriver } from "./raw-driver.ts";
import { median } from "./stats.ts";

const { values } = scriptArguments(headOf(import.meta.filename), {
  options: { json: { type: "boolean", default: false }, turns: { type: "string", default: "5" } },
});
const turns = wholeNumber("turns", values.turns);

const lines = Array.from({ length: 400 }, (_, index) => `+line ${index}`).join("\n");
let files = 0;
const first: Record<string, () => readonly Part[]> = {
  text: () => [{ say: "word ".repeat(200), chunkChars: 5 }],
  command: () => [{ shell: "seq 1 50" }],
  edit: () => [{ patch: `*** Begin Patch\n*** Add File: file-${files++}.txt\n${lines}\n*** End Patch` }],
};
const script = (request: ModelRequest): Reply =>
  request.step === 0 ? first[request.lastUserText.trim()]!() : [{ say: "done" }];

type Count = { messages: number; bytes: number };
const state = path.join(import.meta.dirname, "../node_modules/.cache/codex-bridge");
await mkdir(state, { recursive: true });
const folder = await mkdtemp(path.join(state, "bench-opt-out-"));
const model = await startScriptedModel({ script });

async function client(name: string, optOut?: readonly string[]) {
  const home = path.join(folder, name);
  await mkdir(home);
  await writeFile(
    path.join(home, "config.toml"),
    `model="gpt-5.5"\nmodel_provider="scripted"\nanalytics.enabled=false\nfeatures.plugins=false\n` +
      `[model_providers.scripted]\nname="scripted"\nbase_url="${model.url}"\nwire_api="responses"\n`,
  );
  const count: Count = { messages: 0, bytes: 0 };
  const driver = await startRawDriver({
    binary: managedBinary(import.meta.url).file,
    codexHome: home,
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: home },
    ...(optOut ? { optOut } : {}),
    onMessage: (message) => {
      count.messages += 1;
      count.bytes += Buffer.byteLength(JSON.stringify(message)) + 1;
    },
  });
  const threadId = await driver.startThread({ approvalPolicy: "never", sandbox: "danger-full-access" });
  const turn = async (kind: string): Promise<Count> => {
    const before = { ...count };
    const { status } = await driver.runTurn(threadId, kind);
    if (status !== "completed") throw new Error(`the turn ${kind} ended ${status}`);
    return { messages: count.messages - before.messages, bytes: count.bytes - before.bytes };
  };
  return { turn, close: () => driver.close() };
}

const asked = await client("asked", ignoredNotifications);
const plain = await client("plain");
try {
  const rows = [];
  for (const kind of Object.keys(first)) {
    const samples: { asked: Count; plain: Count }[] = [];
    for (let turn = -1; turn < turns; turn += 1) {
      const pair = { asked: await asked.turn(kind), plain: await plain.turn(kind) };
      if (turn >= 0) samples.push(pair);
    }
    const of = (who: "asked" | "plain", what: keyof Count) => median(samples.map((sample) => sample[who][what]));
    const ratio = (what: keyof Count) => Number((of("asked", what) / of("plain", what)).toFixed(3));
    rows.push({
      turn: kind,
      "messages, asked": of("asked", "messages"),
      plain: of("plain", "messages"),
      "bytes, asked": of("asked", "bytes"),
      "plain bytes": of("plain", "bytes"),
      "ratio of bytes": ratio("bytes"),
    });
  }
  if (values.json) console.log(JSON.stringify({ turns, rows }, null, 2));
  else console.table(rows);
} finally {
  await Promise.all([asked.close(), plain.close()]);
  await model.close();
  await rm(folder, { recursive: true, force: true });
}
