import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { HostTurnResult } from "../../src/host/embedded-host.ts";
import { redactSecrets, redactValue } from "../../src/redact.ts";
import { recordTo } from "../../src/replay/record/recorder.ts";
import { several } from "../../src/replay/record/several.ts";
import type { RecordingOutcome } from "../../src/replay/record/writer.ts";
import { killServers, openTestHost } from "../harness/fixture.ts";
import { testFolder } from "../support/home.ts";
import { runningBelow } from "../support/processes.ts";

/** Put together here, so that nobody takes this file for a leak. None looks like a key, but where that is what is tested. */
const planted = {
  login: `login key ${"Hx7Qm2"} for ann`,
  chatgpt: `eyJ${"hbGciOiJub25lIn0"}.${"eyJleHAiOjQxMDI0NDQ4MDB9"}.${"c2lnbmF0dXJl"}`,
  hostEnv: `host secret ${"Jp3Kc9"} of ann`,
  serverEnv: `server secret ${"Wd5Tz1"} of ann`,
  proxy: `proxy-pass-${"Ge8Ru4"}`,
  mcpEnv: `mcp secret ${"Vn6By0"} of ann`,
  prompt: `sk-${"proj-Q7xJ2mZ9vT4bL8nR"}`,
  toolOutput: `ghp_${"a8Kd72LmQp04XzYtW6Rs"}`,
  modelError: `glpat-${"Xy7Zq2Lw9Kp4Vb8N"}`,
};
type Planted = keyof typeof planted;

const folder = testFolder("planted");
const recordings = path.join(folder.path, "recordings");
const logged: unknown[][] = [];
const stderrs: string[] = [];
const cmdlines: string[] = [];
const results: Record<string, HostTurnResult> = {};
let errors: unknown[] = [];
let saved: RecordingOutcome[];
let envSeen = "";
let state: Awaited<ReturnType<typeof openTestHost>>;
/** Every process below this one, with its arguments, as any user of the machine can read them. */
function noteArguments(): void {
  for (const pid of runningBelow(process.pid)) {
    try {
      cmdlines.push(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    } catch {
      // It is gone.
    }
  }
}

beforeAll(async () => {
  vi.stubEnv("ANN_DEPLOY_TOKEN", planted.hostEnv);
  vi.stubEnv("HTTPS_PROXY", `http://ann:${planted.proxy}@127.0.0.1:9`);
  vi.stubEnv("NO_PROXY", "127.0.0.1,localhost");
  mkdirSync(recordings);
  const secrets = Object.values(planted);
  const kept = recordTo({ dir: path.join(recordings, "keep"), mode: "keep", secrets });
  const recording = recordTo({ dir: path.join(recordings, "blank"), mode: "blank", secrets });
  const recorder = several(recording, kept, {
    spawned: (args) => {
      cmdlines.push(args.join("\0"));
      return {
        line: () => undefined,
        ready: () => undefined,
        closing: () => undefined,
        exited: (_, stderr) => void stderrs.push(stderr),
      };
    },
    host: () => undefined,
    close: () => Promise.resolve(),
  });
  state = await openTestHost("planted", {
    recorder,
    login: { type: "apiKey", apiKey: planted.login },
    env: { ANN_SERVICE_PASSWORD: planted.serverEnv, RUST_LOG: "debug", PLAIN_SETTING: "seen by commands" },
    // What a host's log gets is what ours writes: see src/cli/log.ts.
    log: (...args) => logged.push([args[0], redactSecrets(args[1]), redactValue(args[2])]),
  });
  state.reply = ({ step, lastUserText }) => {
    noteArguments();
    if (lastUserText.startsWith("refused"))
      return { status: 401, body: { error: { message: `Incorrect API key: ${planted.modelError} ${planted.login}` } } };
    if (lastUserText.startsWith("killed")) {
      killServers();
      return [];
    }
    if (step === 0)
      return [
        { shell: "env; echo; tr '\\0' '\\n' < /proc/self/environ; cat .env 2>/dev/null" },
        { call: "vault", args: {} },
      ];
    return [{ say: "done", phase: "final_answer" }];
  };
  const tools = [
    { name: "vault", description: "", inputSchema: { type: "object" }, execute: () => `it is ${planted.toolOutput}` },
  ];
  const config = {
    mcp_servers: {
      notes: {
        command: process.execPath,
        args: ["-e", "process.stdin.resume()"],
        env: { NOTES_TOKEN: planted.mcpEnv },
        startup_timeout_sec: 3,
      },
    },
  };
  results.env = await state.turn("s", `print env; mine is ${planted.prompt}`, { tools, config });
  envSeen = results.env!.entries.map(({ tool }) => tool?.output ?? "").join("\n");
  results.refused = await state.turn("s", "refused", { tools, config });
  results.killed = await state.turn("s", "killed", { tools, config });
  // Tokens instead of a key: what they are for does not exist here, and the turn fails or not.
  const tokens = { accessToken: planted.chatgpt, chatgptAccountId: "account", chatgptPlanType: "plus" };
  await state.restart({
    login: { type: "chatgptAuthTokens", ...tokens, refresh: () => Promise.reject(new Error(`no: ${planted.chatgpt}`)) },
  });
  results.tokens = await state.turn("t", "with tokens", { tools, config }).catch((error: unknown) => {
    errors.push(error);
    return results.env!;
  });
  await state.harness.dispose();
  saved = await Promise.all([recording.finish(), kept.finish()]);
  errors = [...errors, ...Object.values(results).flatMap(({ outcome }) => ("error" in outcome ? [outcome.error] : []))];
}, 180_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await state.close();
  folder.remove();
});

function expectNone(text: string, except: readonly Planted[] = []): void {
  for (const [name, secret] of Object.entries(planted)) {
    const found = text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1));
    expect(found && !except.includes(name as Planted), `the secret "${name}"`).toBe(false);
  }
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

describe("turns of a run in which secrets were everywhere", () => {
  it("went as they were meant to", () => {
    expect(results.env).toMatchObject({ ok: true });
    expect(results.refused).toMatchObject({ ok: false, outcome: { category: "auth" } });
    expect(results.killed!.ok).toBe(false);
    expect(envSeen).toContain("PLAIN_SETTING=seen by commands");
    expect(errors.length).toBeGreaterThanOrEqual(2);
  });

  it("let a command that prints its environment see none of them", () => {
    // What the tool of the host gave is the model's to read, and the transcript's to keep.
    expectNone(envSeen, ["toolOutput"]);
    expect(envSeen).not.toContain(planted.proxy);
    expect(envSeen).toMatch(/^ANN_SERVICE_PASSWORD=$/m);
  });

  it("had none in the arguments of any process", () => {
    expect(cmdlines.length).toBeGreaterThan(3);
    expect(cmdlines.join("\n")).toContain("app-server");
    expectNone(cmdlines.join("\n"));
  });

  it("logged none, and said none on stderr", () => {
    expectNone(inspect(logged, { depth: 10, maxStringLength: null }));
    expect(stderrs.length).toBeGreaterThan(0);
    expectNone(stderrs.join("\n"));
  });

  it("have none in their errors", () => {
    for (const error of errors) {
      expectNone(inspect(error, { depth: 10, showHidden: true }));
      expectNone(JSON.stringify(error));
    }
    expect(inspect(results.refused!.outcome)).toContain("[redacted]");
  });

  it("are recorded without them, also where the texts stay", () => {
    expect(saved, inspect(saved)).toMatchObject([{ saved: true }, { saved: true }]);
    expect(readFileSync(path.join(recordings, "keep/wire.jsonl"), "utf8")).toContain("PLAIN_SETTING=seen by commands");
    expectNone(
      filesBelow(recordings)
        .map((file) => readFileSync(file, "utf8"))
        .join("\n"),
    );
  });

  it("left in the transcript only what was said in it", () => {
    const transcripts = filesBelow(path.join(state.folder, "transcripts")).map((file) => readFileSync(file, "utf8"));
    expectNone(transcripts.join("\n"), ["prompt", "toolOutput"]);
    expect(transcripts.join("\n")).toContain(planted.prompt);
  });

  it("left in the bridge's own files nothing else, and no account in Codex's home", () => {
    const own = filesBelow(state.folder).filter((file) => !/\/(?:home|transcripts)\//.test(file));
    expect(own.map((file) => path.basename(file))).toContain("sessions.db");
    expectNone(own.map((file) => readFileSync(file, "latin1")).join("\n"));
    const homeFiles = filesBelow(path.join(state.folder, "home")).filter((file) => statSync(file).size < 50_000_000);
    const kept = homeFiles.map((file) => readFileSync(file, "latin1")).join("\n");
    // Codex keeps the conversation, in a folder for nobody else: what was said, and what it was refused with.
    expectNone(kept, ["prompt", "toolOutput", "modelError", "login"]);
    expect(homeFiles.map((file) => path.basename(file))).not.toContain("auth.json");
  });
});
