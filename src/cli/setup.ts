import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { BridgeError } from "../errors.ts";
import { makePrivateFolder } from "../files/private.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { CodexHarnessOptions } from "../harness/codex-harness.ts";
import { loadScriptFile } from "../scripted-model/load.ts";
import type { Script } from "../scripted-model/script.ts";
import { type ScriptedModel, startScriptedModel } from "../scripted-model/server.ts";
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

export interface Setup {
  readonly harness: CodexHarnessOptions;
  /** The model provider and default model that turns have to name; absent with real credentials. */
  readonly modelProvider?: string;
  readonly model?: string;
  readonly scriptedModel?: ScriptedModel;
  readonly gateway?: Gateway;
}

/** A model whose tools are plain functions, so that scripts read like what they do. */
const scriptedModelSlug = "gpt-5.5";

/** The folder for sessions, transcripts and Codex's own state when the user names none. */
export function defaultStateDir(env: NodeJS.ProcessEnv): string {
  return path.join(env.XDG_STATE_HOME || path.join(homedir(), ".local", "state"), "codex-bridge");
}

/**
 * Decides where the model and its credentials come from: a script, the environment's API key, or Codex's own login.
 * @throws BridgeError `no_credentials` naming the ways to get some
 */
export async function setUp(options: SetupOptions, env: NodeJS.ProcessEnv): Promise<Setup> {
  if (options.stateDir === defaultStateDir(env)) makePrivateFolder(options.stateDir);
  const { endpoint } = options;
  if (endpoint) return { harness: { stateDir: options.stateDir, server: { endpoint, log: logger(env) } } };
  const command = { log: logger(env), ...(options.codexPath === undefined ? {} : { command: options.codexPath }) };
  if (options.scripted !== undefined && options.scripted !== false)
    return scriptedSetup(options, options.scripted, command);
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

/** Codex writes its records into it for everybody to read: the folder keeps them from others. */
function ownHome(stateDir: string): string {
  const home = path.join(stateDir, "codex-home");
  makePrivateFolder(home);
  return home;
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

async function scriptedSetup(
  options: SetupOptions,
  scripted: true | string | Script,
  command: Pick<AppServerOptions, "command" | "log">,
): Promise<Setup> {
  const script =
    typeof scripted === "string" ? await loadScriptFile(scripted) : scripted === true ? undefined : scripted;
  const scriptedModel = await startScriptedModel(script === undefined ? {} : { script });
  return {
    harness: {
      stateDir: options.stateDir,
      server: {
        ...command,
        codexHome: ownHome(options.stateDir),
        configOverrides: scriptedOverrides(scriptedModel.url),
      },
    },
    modelProvider: "scripted",
    model: scriptedModelSlug,
    scriptedModel,
  };
}

/** The configuration that points a Codex at a scripted model and keeps it from talking to anybody else. */
export function scriptedOverrides(url: string): string[] {
  const provider = `{ name = "scripted", base_url = ${JSON.stringify(url)}, wire_api = "responses", requires_openai_auth = false, request_max_retries = 1, stream_max_retries = 1 }`;
  return [
    `model_providers.scripted=${provider}`,
    'model_provider="scripted"',
    "analytics.enabled=false",
    "features.plugins=false",
    'model_reasoning_summary="auto"',
  ];
}
