import type { Script } from "../scripted-model/script.ts";
import type { AppServerOptions } from "../server/app-server.ts";
import { ownHome, type Setup } from "./setup.ts";

/** A model whose tools are plain functions, so that scripts read like what they do. */
const scriptedModelSlug = "gpt-5.5";

/**
 * A scripted model on loopback, and what points a Codex at it: no credentials, no network.
 * @param scripted `true` plays the built-in script, a string is a script file, a Script is played as it is
 * @throws BridgeError `script_not_found` | `script_invalid` naming the file and what is wrong with it
 */
export async function scriptedSetup(
  stateDir: string,
  scripted: true | string | Script,
  server: Omit<AppServerOptions, "signal"> = {},
): Promise<Setup> {
  const { startScriptedModel } = await import("../scripted-model/server.ts");
  const { loadScriptFile } = await import("../scripted-model/load.ts");
  const script = typeof scripted === "string" ? await loadScriptFile(scripted) : scripted;
  const scriptedModel = await startScriptedModel(script === true ? {} : { script });
  return {
    harness: {
      stateDir,
      server: {
        ...server,
        codexHome: server.codexHome ?? ownHome(stateDir),
        configOverrides: [...scriptedOverrides(scriptedModel.url), ...(server.configOverrides ?? [])],
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
