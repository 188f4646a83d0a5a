import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { codexEnvironment } from "../server/environment.ts";
import { type Finding, failed, ok, type Probe, warning } from "./check.ts";
import { binaryOf, type CodexSource } from "./codex-checks.ts";

export interface LoginPlace {
  /** Codex's own home: where `codex login` leaves an account. */
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where accounts come from besides; without one, nobody logged in is a failure. */
  readonly elsewhere?: string;
}

const howTo = "Run `codex login`, or set OPENAI_API_KEY. `run --scripted` needs neither.";

/** Who is logged in. Nobody is asked over the network, and no credential is shown. */
export function loginProbe(source: CodexSource, { home, env, elsewhere }: LoginPlace): Probe {
  return {
    id: "login",
    meaning: "A model wants an account: an API key from the environment, or what `codex login` has left.",
    async look(signal) {
      if (env.OPENAI_API_KEY) return ok("OPENAI_API_KEY is set: the bridge logs in with it");
      const nobody = (found: string): Finding =>
        elsewhere === undefined ? failed(found, howTo) : warning(found, `${howTo} ${elsewhere}`);
      if (!existsSync(path.join(home, "auth.json"))) {
        if (await inKeyring(home)) return warning(`${home} keeps its account in the key ring`, keyringRemedy);
        return nobody(`nobody is logged in: OPENAI_API_KEY is not set, and ${home} has no auth.json`);
      }
      const said = await askCodex(source, home, env, signal);
      if (said.exitCode === 0) return ok(`logged in with ${said.how} (${home})`);
      if (said.broken) return failed(`Codex does not read ${home}: ${said.broken}`, `Correct ${home}/config.toml.`);
      return nobody(`nobody is logged in with ${home}`);
    },
  };
}

const keyringRemedy = "It was not looked at. `codex login status` tells who is logged in.";

async function inKeyring(home: string): Promise<boolean> {
  const config = await readFile(path.join(home, "config.toml"), "utf8").catch(() => "");
  return /^\s*cli_auth_credentials_store\s*=\s*["'](?:keyring|auto)["']/m.test(config);
}

interface Said {
  readonly exitCode: number | undefined;
  /** `an API key`, `ChatGPT`: Codex's words hold a part of the key, so they are not passed on. */
  readonly how: string;
  /** What Codex says of a configuration it cannot read. */
  readonly broken?: string;
}

/** `codex login status` leaves files in its home: it gets one that only points to the operator's account and settings. */
async function askCodex(source: CodexSource, home: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Said> {
  const { command, args } = binaryOf(source);
  const place = await mkdtemp(path.join(tmpdir(), "codex-bridge-doctor-"));
  try {
    for (const name of ["auth.json", "config.toml"]) {
      if (existsSync(path.join(home, name))) await symlink(path.resolve(home, name), path.join(place, name));
    }
    const { exitCode, stdout, stderr } = await execa(command, [...args, "login", "status"], {
      env: codexEnvironment(env, { CODEX_HOME: place }),
      extendEnv: false,
      stdin: "ignore",
      reject: false,
      cancelSignal: signal,
    });
    const said = `${stdout}\n${stderr}`;
    const broken = /^Error loading config\w*:\s*(.*)$/m.exec(said)?.[1];
    const how = /chatgpt/i.test(said) ? "ChatGPT" : /api key/i.test(said) ? "an API key" : "what `codex login` left";
    return { exitCode, how, ...(broken === undefined ? {} : { broken: broken.replaceAll(place, home) }) };
  } finally {
    await rm(place, { recursive: true, force: true, maxRetries: 5 });
  }
}
