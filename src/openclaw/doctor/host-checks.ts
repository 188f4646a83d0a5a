import semver from "semver";
import { type Finding, failed, findingOf, ok, type Probe, warning } from "../../doctor/check.ts";
import { parsePluginConfig } from "../config.ts";
import { pluginId } from "../config-fields.ts";
import { at, type HostFacts, texts } from "./host-facts.ts";
import { routesOf } from "./host-routes.ts";

/** As `openclaw.install.minHostVersion` of package.json has it. */
const neededHost = "2026.8.2";

const meanings = {
  host: `Hosts from ${neededHost} on lend a harness what a turn needs.`,
  host_plugin:
    "The host runs turns on codex-bridge only when the plugin is installed, enabled, and its configuration is right.",
  host_harness_id: "Harness ids are first come, first served: whoever is second is not registered.",
  host_policy: "The host decides by model and pin which harness runs a turn.",
};

/** @param host undefined: there is none, which is no fault */
export function hostProbes(host: HostFacts | undefined): Probe[] {
  const probe = (id: keyof typeof meanings, look: () => Finding): Probe => {
    return { id, meaning: meanings[id], look: async () => look() };
  };
  if (!host) return [probe("host", () => ok("no OpenClaw host: codex-bridge works without one"))];
  const first = probe("host", () => program(host));
  if (host.config === undefined && host.configError === undefined) return [first];
  const second = probe("host_plugin", () => plugin(host));
  if (!wanted(host)) return [first, second];
  return [first, second, probe("host_harness_id", () => harnessId(host)), probe("host_policy", () => policy(host))];
}

/** Turns of this host can go to the plugin; otherwise the command line is all that is used. */
export function pluginEnabled({ config, plugins }: HostFacts): boolean {
  return plugins[pluginId] !== undefined && !disabled(config, at(config, "plugins", "entries", pluginId));
}

/** Somebody has installed or configured the plugin. */
function wanted({ config, plugins }: HostFacts): boolean {
  return plugins[pluginId] !== undefined || at(config, "plugins", "entries", pluginId) !== undefined;
}

function program({ version, program: where, stateDir, config, configError }: HostFacts): Finding {
  if (version === undefined) {
    return warning(
      `${stateDir} belongs to an OpenClaw host, and its program was not found`,
      "Put `openclaw` on PATH, or run this where it is installed.",
    );
  }
  const place = config === undefined && configError === undefined ? "not set up yet" : `state in ${stateDir}`;
  const found = `OpenClaw ${version}${where === undefined ? "" : ` (${where})`}, ${place}`;
  if (semver.satisfies(version, `>=${neededHost}`, { includePrerelease: true })) return ok(found);
  return failed(found, `Update OpenClaw to ${neededHost} or newer (\`openclaw update\`), or disable codex-bridge.`);
}

const install =
  "Run `openclaw plugins install --link FOLDER --force --accept-capabilities` with the folder of the codex-bridge package.";
const enable = `Run \`openclaw plugins enable ${pluginId}\`.`;

function plugin({ config, configError, plugins }: HostFacts): Finding {
  if (configError !== undefined)
    return failed(configError, "Correct the file; `openclaw doctor` shows where it is wrong.");
  const where = plugins[pluginId];
  const entry = at(config, "plugins", "entries", pluginId);
  if (where === undefined && at(config, "$include") === undefined) {
    if (entry === undefined) return warning("codex-bridge is not installed in this host", install);
    return failed("codex-bridge is configured, and its package was not found", install);
  }
  const off = disabled(config, entry);
  if (off) return off;
  try {
    parsePluginConfig(at(entry, "config"));
  } catch (thrown) {
    return findingOf(thrown);
  }
  return ok(`installed${where === undefined ? "" : ` from ${where}`}, enabled, configuration in order`);
}

function disabled(config: unknown, entry: unknown): Finding | undefined {
  if (at(config, "plugins", "enabled") === false) {
    return failed("all plugins are off (plugins.enabled is false)", "Remove plugins.enabled from openclaw.json.");
  }
  if (at(entry, "enabled") === false) return failed("the plugin is disabled", enable);
  if (texts(at(config, "plugins", "deny")).includes(pluginId)) {
    return failed("plugins.deny names the plugin", `Take ${pluginId} out of plugins.deny in openclaw.json.`);
  }
  const allow = at(config, "plugins", "allow");
  if (Array.isArray(allow) && !texts(allow).includes(pluginId)) {
    return failed("plugins.allow does not name the plugin", `Add ${pluginId} to plugins.allow in openclaw.json.`);
  }
  return undefined;
}

/** The id the plugin would register; the default while its configuration is wrong, which another check tells. */
function configuredId(config: unknown): string {
  try {
    return parsePluginConfig(at(config, "plugins", "entries", pluginId, "config")).harnessId;
  } catch {
    return "codex";
  }
}

function harnessId({ config, plugins }: HostFacts): Finding {
  const id = configuredId(config);
  const official = at(config, "plugins", "entries", "codex", "enabled");
  if (id !== "codex") return ok(`${id}: nobody else is known to use it`);
  if (official === false) return ok("codex: the official plugin is switched off");
  const remedy =
    "Disable the official plugin (`openclaw plugins disable codex`), or choose another id in " +
    `plugins.entries.${pluginId}.config.harnessId (for example "codex-bridge") and pin routes to it with ` +
    "models.providers.openai.agentRuntime.id.";
  if (official === true || plugins.codex !== undefined) {
    return failed("codex: the official Codex plugin is enabled, too, and claims the same id", remedy);
  }
  return warning("codex: free now, and taken as soon as the host installs its official Codex plugin", remedy);
}

function policy({ config }: HostFacts): Finding {
  const id = configuredId(config);
  const routes = routesOf(config);
  if (routes.length === 0) {
    return warning(
      "no model is configured; what the host takes then may be none of openai/*",
      "Set agents.defaults.model to a model of openai/*.",
    );
  }
  const ours = (runtime: string | undefined): boolean =>
    runtime === undefined || runtime === "auto" ? id === "codex" : runtime === id;
  const told = ({ model, runtime }: (typeof routes)[number]): string =>
    `${model} on ${runtime ?? (id === "codex" ? "codex (auto)" : "the host's choice (auto)")}`;
  const able = routes.filter(({ model }) => /^(?:openai|codex)\//.test(model));
  if (able.length === 0) {
    return warning(
      `no model of openai/* is configured (${routes.map(({ model }) => model).join(", ")})`,
      "Set agents.defaults.model to a model of openai/*, or leave the plugin for sessions that choose one.",
    );
  }
  const found = able.map(told).join(", ");
  if (able.every(({ runtime }) => ours(runtime))) return ok(found);
  return warning(
    found,
    `Pin the route: set models.providers.openai.agentRuntime.id to "${id}" (or remove a pin to another runtime).`,
  );
}
