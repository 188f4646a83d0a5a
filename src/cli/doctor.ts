import path from "node:path";
import { type Check, findingOf, ok, type Probe, runChecks, warning } from "../doctor/check.ts";
import { pluginId } from "../openclaw/config-fields.ts";
import { doctorProbes, nativeHome, pluginSetUp, type SetUp } from "../openclaw/doctor/doctor.ts";
import { pluginEnabled } from "../openclaw/doctor/host-checks.ts";
import type { HostFacts } from "../openclaw/doctor/host-facts.ts";
import { hostOnDisk } from "../openclaw/doctor/host-on-disk.ts";
import { packageRoot } from "../package-root.ts";
import { visible } from "../visible.ts";
import { type ConnectOptions, endpointFrom } from "./endpoint.ts";
import { foldedLines } from "./folded-lines.ts";
import { readHarnessConfig } from "./harness-config.ts";
import { progressOn } from "./progress.ts";
import { defaultStateDir } from "./setup.ts";
import { paint, type Terminal, terminalFor } from "./terminal.ts";

export interface DoctorOptions extends ConnectOptions {
  readonly json?: boolean;
  readonly state?: string;
  readonly codex?: string;
  readonly record?: string;
  readonly harnessConfig?: string;
  /** The host's state folder; `false`: no host is looked for. */
  readonly host?: string | false;
  /** Of one check, in seconds. */
  readonly timeout: number;
}

/** `codex-bridge doctor` @returns the exit code: 1 when a check failed */
export async function doctor(options: DoctorOptions): Promise<number> {
  const timeoutMs = options.timeout * 1000;
  const progress = progressOn(process.stderr, process.env);
  const setUp = await setUpOf(options, process.env);
  const probes = [...doctorProbes(setUp, timeoutMs), harnessProbe(options.harnessConfig, process.env)];
  const checks = await runChecks(probes, {
    timeoutMs,
    onWaiting: (ids) => progress.show(ids.length === 0 ? undefined : `checking ${ids.join(", ")}`),
  });
  progress.end();
  if (options.json) process.stdout.write(`${JSON.stringify({ checks })}\n`);
  else process.stdout.write(report(checks, terminalFor(process.stdout, process.env), process.stdout.columns));
  return checks.some(({ status }) => status === "failed") ? 1 : 0;
}

async function setUpOf(options: DoctorOptions, env: NodeJS.ProcessEnv): Promise<SetUp> {
  const host = options.host === false ? undefined : await findHost(options.host, env);
  // Who has the plugin wants to know about it, and not about what this command would use.
  const packageDir = host?.plugins[pluginId];
  const fromPlugin =
    host && packageDir !== undefined && pluginEnabled(host) ? pluginSetUp(host, packageDir, env) : undefined;
  const stateDir = path.resolve(options.state ?? fromPlugin?.stateDir ?? defaultStateDir(env));
  const ownHome = env.OPENAI_API_KEY ? path.join(stateDir, "codex-home") : nativeHome(env);
  const endpoint = endpointFrom(options) ?? fromPlugin?.endpoint;
  const recordingDir = options.record === undefined ? fromPlugin?.recordingDir : path.resolve(options.record);
  const elsewhere = fromPlugin?.accountsElsewhere;
  return {
    stateDir,
    codex: options.codex === undefined ? (fromPlugin?.codex ?? {}) : { command: options.codex },
    home: fromPlugin?.home ?? ownHome,
    ...(endpoint ? { endpoint } : {}),
    ...(recordingDir === undefined ? {} : { recordingDir }),
    ...(elsewhere === undefined ? {} : { accountsElsewhere: elsewhere }),
    ...(host ? { host } : {}),
    env,
  };
}

function findHost(stateDir: string | undefined, env: NodeJS.ProcessEnv): Promise<HostFacts | undefined> {
  const from = [process.cwd(), packageRoot()];
  return hostOnDisk({ env, from, ...(stateDir === undefined ? {} : { stateDir }) });
}

/** The configuration of harness modes, and the keys of the providers it names. */
function harnessProbe(file: string | undefined, env: NodeJS.ProcessEnv): Probe {
  return {
    id: "harness_config",
    meaning: "It says which models are asked in the shape of another agent CLI, where they are, and with which key.",
    async look() {
      try {
        const config = await readHarnessConfig(file, env);
        const chosen = config.model_provider;
        const key = chosen === undefined ? undefined : config.model_providers[chosen]?.env_key;
        if (chosen !== undefined && !Object.hasOwn(config.model_providers, chosen)) {
          return warning(
            `model_provider ${chosen} is none of ours: Codex must know it`,
            "Name one of model_providers.",
          );
        }
        if (key !== undefined && !env[key]) return warning(`${key} is not set`, `Set ${key} to the key of ${chosen}.`);
        const keys = Object.values(config.model_providers).filter(({ env_key }) => env_key && env[env_key]).length;
        return ok(`in order; ${keys} of ${Object.keys(config.model_providers).length} providers have a key`);
      } catch (thrown) {
        return findingOf(thrown);
      }
    },
  };
}

const marks = { ok: ["green", "✓"], warning: ["yellow", "!"], failed: ["red", "✗"] } as const;

function report(checks: readonly Check[], terminal: Terminal, columns = Number.POSITIVE_INFINITY): string {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const indent = " ".repeat(width + 4);
  const wrapped = (text: string, first: string, style?: "dim"): string =>
    foldedLines(text, Math.max(30, columns - indent.length))
      .map((line, index) => (index === 0 ? first : indent) + (style ? paint(terminal, style, line) : line))
      .join("\n");
  const lines = checks.flatMap(({ id, status, found, meaning, remedy }) => {
    const [colour, mark] = marks[status];
    const head = `${paint(terminal, colour, mark)} ${paint(terminal, "bold", id.padEnd(width))}  `;
    const told = wrapped(visible(found), head);
    if (remedy === undefined) return [told];
    return [told, wrapped(meaning, indent, "dim"), wrapped(`→ ${visible(remedy)}`, indent)];
  });
  const count = (status: Check["status"]): number => checks.filter((check) => check.status === status).length;
  return `${lines.join("\n")}\n\n${count("ok")} ok, ${count("warning")} to look at, ${count("failed")} failed\n`;
}
