import { Ledger, ledgerFolder } from "../../server/ledger.ts";
import { type ListedServer, listServers } from "../../server/listed-servers.ts";
import { processTable } from "../../server/processes.ts";
import type { ThreadBinding } from "../../thread/binding.ts";
import { stateFolder } from "../shared-harness.ts";
import type { CommandCall, CommandPlace } from "./definition.ts";
import { bindingOf, onStore } from "./store.ts";

const shownThreads = 10;

/** `/codexbridge status` @throws BridgeError `plugin_config_invalid` */
export async function status(place: CommandPlace, call: CommandCall): Promise<string> {
  const { harnessId, sandbox, approvalPolicy, recording } = place.config.read();
  const here = await onStore(place, (store) => conversation(store, call), "This conversation has no Codex thread yet.");
  const servers = await listServers(new Ledger(ledgerFolder(stateFolder(place.place))), processTable(), true);
  return [
    `codex-bridge runs turns as harness "${harnessId}": approvals ${approvalPolicy}, sandbox ${sandbox}.`,
    here,
    servers.length === 0 ? "No app-server runs." : servers.map(serverLine).join("\n"),
    recording ? `Turns are recorded in ${recording.dir}.` : "Turns are not recorded.",
  ].join("\n");
}

/** `/codexbridge threads` */
export async function threads(place: CommandPlace): Promise<string> {
  const listed = await onStore(place, (store) => store.list(), []);
  if (listed.length === 0) return "No conversation has a Codex thread yet.";
  const lines = listed.slice(0, shownThreads).map(({ updatedAtMs, state, threadId, sessionKey }) => {
    return `${new Date(updatedAtMs).toISOString().slice(0, 16).replace("T", " ")} ${threadId} ${state} ${sessionKey}`;
  });
  const more =
    listed.length > shownThreads ? [`and ${listed.length - shownThreads} more: codex-bridge sessions list`] : [];
  return [...lines, ...more].join("\n");
}

async function conversation(store: Parameters<typeof bindingOf>[0], call: CommandCall): Promise<string> {
  const binding = await bindingOf(store, call);
  if (!binding) return "This conversation has no Codex thread yet.";
  const last = (await store.rotations(binding)).at(-1);
  const replaced = last ? `\nIts thread was replaced at ${new Date(last.atMs).toISOString()}: ${last.reason}` : "";
  return `${threadLine(binding)}${replaced}`;
}

function threadLine({ threadId, state, model, codexVersion, contextTokens, lastTurnStatus }: ThreadBinding): string {
  const facts = [
    `Codex ${codexVersion}`,
    ...(model === undefined ? [] : [model]),
    ...(contextTokens === undefined ? [] : [`${contextTokens} tokens of context`]),
    ...(lastTurnStatus === undefined ? [] : [`last turn ${lastTurnStatus}`]),
  ];
  return `This conversation: thread ${threadId} (${state}), ${facts.join(", ")}.`;
}

function serverLine({
  status: state,
  pid,
  version = "?",
  threads: count = 0,
  turns = 0,
  rssBytes,
}: ListedServer): string {
  return `App-server ${pid}: ${state}, Codex ${version}, ${count} threads, ${turns} at work, ${Math.round(rssBytes / 1_048_576)} MiB.`;
}
