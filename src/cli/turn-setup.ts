import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { BridgeError } from "../errors.ts";
import type { Setup } from "../library/setup.ts";
import type { ApproveMode } from "./approve.ts";
import { type ConnectOptions, endpointFrom } from "./endpoint.ts";
import type { CliTurn } from "./hosted-turn.ts";
import type { logger } from "./log.ts";
import type { RecordOptions } from "./record.ts";
import { defaultStateDir, setUp } from "./setup.ts";
import { loadTools } from "./tools-module.ts";

/** On what turns run, and what goes with them; see `addTurnOptions`. */
export interface TurnOptions extends ConnectOptions, RecordOptions {
  readonly session?: string;
  readonly model?: string;
  readonly cwd?: string;
  readonly state?: string;
  readonly codex?: string;
  readonly scripted?: boolean | string;
  /** Asks the model in the shape of this agent CLI. */
  readonly harness?: string;
  /** A preset, or one of `model_providers` in the configuration of harness modes. */
  readonly provider?: string;
  readonly harnessConfig?: string;
  readonly timeout?: number;
  readonly clock?: Readonly<Record<string, number>>;
  /** A module that exports host tools. */
  readonly tools?: string;
  /** Who decides when Codex asks. */
  readonly approve?: ApproveMode;
}

/** What every turn of a command has. */
export type TurnBasics = Pick<CliTurn, "cwd" | "model" | "timeoutMs" | "clocks" | "tools">;

/** @throws BridgeError `cwd_not_found` | `tools_module_invalid` */
export async function turnBasics(options: TurnOptions): Promise<TurnBasics> {
  const cwd = path.resolve(options.cwd ?? ".");
  if (!existsSync(cwd) || !statSync(cwd).isDirectory()) {
    throw new BridgeError("cwd_not_found", `There is no folder at ${cwd}.`, {
      remedy: "Give an existing folder with --cwd.",
    });
  }
  const tools = options.tools === undefined ? undefined : await loadTools(options.tools);
  return {
    cwd,
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout * 1000 }),
    // Names are checked where the clocks are: a misspelt one is refused with the list.
    ...(options.clock === undefined ? {} : { clocks: options.clock }),
    ...(tools ? { tools } : {}),
  };
}

/** Where the command keeps sessions, transcripts and what is Codex's own. */
export function stateDirOf({ state }: Pick<TurnOptions, "state">): string {
  return path.resolve(state ?? defaultStateDir(process.env));
}

/**
 * The Codex and the model that the options mean.
 * @param log told what is worth a warning; without it, stderr is
 * @throws BridgeError `cli_options` | `no_credentials`, and what scripts and harness modes throw
 */
export function setUpTurns(options: TurnOptions, log?: ReturnType<typeof logger>): Promise<Setup> {
  const endpoint = endpointFrom(options);
  const { provider, harness, harnessConfig: configFile } = options;
  const bridged = {
    ...(provider === undefined ? {} : { provider }),
    ...(harness === undefined ? {} : { harness }),
    ...(configFile === undefined ? {} : { configFile }),
  };
  return setUp(
    {
      stateDir: stateDirOf(options),
      ...(endpoint ? { endpoint } : {}),
      ...(options.codex === undefined ? {} : { codexPath: options.codex }),
      ...(options.scripted === undefined ? {} : { scripted: options.scripted }),
      ...(Object.keys(bridged).length === 0 ? {} : { bridged }),
    },
    process.env,
    log,
  );
}
