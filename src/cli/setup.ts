import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { BridgeError } from "../errors.ts";
import { makePrivateFolder } from "../files/private.ts";
import { scriptedSetup } from "../library/scripted.ts";
import { ownHome, type Setup } from "../library/setup.ts";
import type { Script } from "../scripted-model/script.ts";
import type { AppServerOptions } from "../server/app-server.ts";
import type { Endpoint } from "../server/transport/endpoint.ts";
import { logger } from "./log.ts";

export interface SetupOptions {
  readonly stateDir: string;
  readonly codexPath?: string;
  /** A server that somebody else runs, with its own model and credentials. */
  readonly endpoint?: Endpoint;
  /** `true` plays the built-in script, a string is a script file, a Script is played as it is. */
  readonly scripted?: boolean | string | Script;
  /** The model is asked in the shape of an agent CLI, or over an API that Codex does not speak. */
  readonly bridged?: { readonly provider?: string; readonly harness?: string; readonly configFile?: string };
}

/** The folder for sessions, transcripts and Codex's own state when the user names none. */
export function defaultStateDir(env: NodeJS.ProcessEnv): string {
  return path.join(env.XDG_STATE_HOME || path.join(homedir(), ".local", "state"), "codex-bridge");
}

/**
 * Decides where the model and its credentials come from: a script, the environment's API key, or Codex's own login.
 * @throws BridgeError `no_credentials` naming the ways to get some
 */
export async function setUp(options: SetupOptions, env: NodeJS.ProcessEnv, log = logger(env)): Promise<Setup> {
  if (options.stateDir === defaultStateDir(env)) makePrivateFolder(options.stateDir);
  const { endpoint } = options;
  if (endpoint) return { harness: { stateDir: options.stateDir, server: { endpoint, log } } };
  const command = { log, ...(options.codexPath === undefined ? {} : { command: options.codexPath }) };
  if (options.scripted !== undefined && options.scripted !== false)
    return scriptedSetup(options.stateDir, options.scripted, command);
  const { stateDir } = options;
  if (options.bridged) return bridgedSetup(stateDir, options.bridged, command, env);
  if (env.OPENAI_API_KEY) {
    return {
      harness: {
        stateDir,
        server: { ...command, codexHome: ownHome(stateDir) },
        login: { type: "apiKey", apiKey: env.OPENAI_API_KEY },
      },
    };
  }
  const nativeHome = env.CODEX_HOME || path.join(homedir(), ".codex");
  if (existsSync(path.join(nativeHome, "auth.json"))) {
    return { harness: { stateDir, server: { ...command, codexHome: nativeHome } } };
  }
  throw new BridgeError("no_credentials", "There are no credentials for a model.", {
    remedy: "Run `codex login`, set OPENAI_API_KEY, or use --scripted for the built-in scripted model.",
  });
}

async function bridgedSetup(
  stateDir: string,
  { provider, harness, configFile }: NonNullable<SetupOptions["bridged"]>,
  command: Pick<AppServerOptions, "command" | "log">,
  env: NodeJS.ProcessEnv,
): Promise<Setup> {
  const { Gateway } = await import("../gateway/gateway.ts");
  const { routeProvider } = await import("../gateway/config.ts");
  const { unknownProvider } = await import("../gateway/explain.ts");
  const { readHarnessConfig } = await import("./harness-config.ts");
  const config = await readHarnessConfig(configFile, env);
  if (!routeProvider(config, provider)) throw unknownProvider(config, provider);
  const warn = (message: string, facts: Record<string, unknown>): void => command.log?.("warn", message, facts);
  const gateway = new Gateway({ stateDir, config, env, warn });
  return {
    gateway,
    harness: {
      stateDir,
      server: { ...command, codexHome: ownHome(stateDir) },
      modelRouter: async ({ session, model, cwd, effort }) => {
        if (model === undefined) {
          throw new BridgeError("model_missing", "No model is named.", { remedy: "Name one with --model." });
        }
        return gateway.access({
          session: JSON.stringify([session.agentId ?? null, session.key]),
          model,
          cwd,
          ...(provider === undefined ? {} : { provider }),
          ...(harness === undefined ? {} : { harness }),
          ...(effort === undefined ? {} : { effort }),
        });
      },
    },
  };
}
