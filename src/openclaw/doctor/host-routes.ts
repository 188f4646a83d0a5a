import { at, fields, texts } from "./host-facts.ts";

/** A model that the host would use, and the runtime that its policy names for it. */
export interface Route {
  /** `openai/gpt-5.5` */
  readonly model: string;
  /** Undefined: nothing is said, which is `auto`. */
  readonly runtime: string | undefined;
}

/** The models of all agents, with their runtimes, in the order the host documents: model, wildcard, provider. */
export function routesOf(config: unknown): Route[] {
  const agents = [at(config, "agents", "defaults"), ...Object.values(fields(at(config, "agents", "entries")))];
  const listed = at(config, "agents", "list");
  if (Array.isArray(listed)) agents.push(...listed);
  const routes = agents.flatMap((agent) =>
    modelsOf(at(agent, "model")).map((model): Route => ({ model, runtime: runtimeOf(config, agent, model) })),
  );
  return routes.filter(({ model }, index) => routes.findIndex((other) => other.model === model) === index);
}

function modelsOf(model: unknown): string[] {
  if (typeof model === "string") return [model];
  const primary = at(model, "primary");
  return typeof primary === "string" ? [primary, ...texts(at(model, "fallbacks"))] : [];
}

function runtimeOf(config: unknown, agent: unknown, model: string): string | undefined {
  const [provider = "", name = ""] = split(model);
  const ofProvider = at(config, "models", "providers", provider);
  const listed = at(ofProvider, "models");
  const entry = Array.isArray(listed) ? listed.find((each) => at(each, "id") === name) : undefined;
  const places = [agent, at(config, "agents", "defaults")];
  const named = [
    entry,
    ...places.map((place) => at(place, "models", model)),
    ...places.map((place) => at(place, "models", `${provider}/*`)),
    ofProvider,
  ].map((place) => at(place, "agentRuntime", "id"));
  return named.find((id) => typeof id === "string");
}

function split(model: string): string[] {
  const slash = model.indexOf("/");
  return slash < 0 ? ["", model] : [model.slice(0, slash), model.slice(slash + 1)];
}
