import { runChecks } from "../../doctor/check.ts";
import { pluginId } from "../config-fields.ts";
import { doctorProbes, pluginSetUp } from "../doctor/doctor.ts";
import { at, texts } from "../doctor/host-facts.ts";
import { installedPlugins } from "../doctor/host-on-disk.ts";
import type { CommandCall, CommandPlace } from "./definition.ts";
import { agentOf } from "./store.ts";

/** Somebody waits in a chat. */
const timeoutMs = 20_000;
const marks = { ok: "✓", warning: "!", failed: "✗" };

/** `/codexbridge doctor`: the same checks as `codex-bridge doctor`, told by the host itself what it is. */
export async function doctor({ place, hostVersion, hostConfig }: CommandPlace, call: CommandCall): Promise<string> {
  const config = hostConfig();
  const linked = texts(at(config, "plugins", "load", "paths"));
  const host = {
    ...(hostVersion === undefined ? {} : { version: hostVersion }),
    stateDir: place.hostStateDir,
    config,
    // Whoever answers is installed.
    plugins: { ...(await installedPlugins(place.hostStateDir, linked)), [pluginId]: place.packageDir },
  };
  const setUp = pluginSetUp(host, place.packageDir, process.env, agentOf(call));
  const checks = await runChecks(doctorProbes({ ...setUp, env: process.env }, timeoutMs), { timeoutMs });
  const lines = checks.map(({ id, status, found, remedy }) => {
    return `${marks[status]} ${id}: ${found}${remedy === undefined ? "" : `\n   → ${remedy}`}`;
  });
  const wrong = checks.filter(({ status }) => status !== "ok").length;
  return [...lines, wrong === 0 ? "Nothing is wrong." : `${wrong} to look at.`].join("\n");
}
