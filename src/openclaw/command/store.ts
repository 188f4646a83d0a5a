import { existsSync } from "node:fs";
import path from "node:path";
import type { ThreadBinding } from "../../thread/binding.ts";
import { BindingStore } from "../../thread/store.ts";
import { stateFolder } from "../shared-harness.ts";
import type { CommandCall, CommandPlace } from "./definition.ts";

/** Does something with the record of sessions; without one, nothing has run yet. */
export async function onStore<T>(
  { place }: CommandPlace,
  work: (store: BindingStore) => Promise<T>,
  none: T,
): Promise<T> {
  const file = path.join(stateFolder(place), "sessions.db");
  if (!existsSync(file)) return none;
  const store = new BindingStore(file);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The thread of the conversation the command was said in. */
export async function bindingOf(store: BindingStore, call: CommandCall): Promise<ThreadBinding | undefined> {
  if (call.sessionKey === undefined) return undefined;
  return store.get({ agentId: agentOf(call), sessionKey: call.sessionKey });
}

/** Whose conversation it is; keys look like `agent:main:…`. */
export function agentOf({ agentId, sessionKey = "" }: CommandCall): string {
  return agentId ?? /^agent:([^:]+):/.exec(sessionKey)?.[1] ?? "main";
}
