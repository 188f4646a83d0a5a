import { toBridgeError } from "../../errors.ts";
import { visible } from "../../visible.ts";
import type { CommandCall, CommandPlace } from "./definition.ts";

type Answer = (place: CommandPlace, call: CommandCall, rest: string) => Promise<string>;

const subcommands: Readonly<Record<string, { readonly about: string; load(): Promise<Answer> }>> = {
  status: {
    about: "what runs, and which thread this conversation has",
    load: async () => (await import("./status.ts")).status,
  },
  threads: {
    about: "the conversations used last, and their Codex threads",
    load: async () => (await import("./status.ts")).threads,
  },
  rebind: {
    about: "<thread>: this conversation goes on with another Codex thread",
    load: async () => (await import("./rebind.ts")).rebind,
  },
  trace: {
    about: "the newest recording as a page that can be read in a browser",
    load: async () => (await import("./trace.ts")).trace,
  },
  doctor: {
    about: "checks everything a turn needs, and says what to do about what is wrong",
    load: async () => (await import("./doctor.ts")).doctor,
  },
};

/** The answer to `/codexbridge …`; an error is an answer, too: nobody else would show it. */
export async function answerCommand(place: CommandPlace, call: CommandCall): Promise<string> {
  const [name = "", ...rest] = (call.args ?? "").trim().split(/\s+/);
  const known = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (!known) return usage(name);
  try {
    const answer = await known.load();
    return visible(await answer(place, call, rest.join(" ")));
  } catch (thrown) {
    const { code, message, remedy } = toBridgeError(thrown);
    place.place.log("warn", `/codexbridge ${name}: ${code}`);
    return visible(`${code}: ${message}${remedy === undefined ? "" : ` ${remedy}`}`);
  }
}

function usage(name: string): string {
  const lines = Object.entries(subcommands).map(
    ([each, { about }]) => `/codexbridge ${each} ${about.startsWith("<") ? "" : "- "}${about}`,
  );
  const head = name === "" ? "Subcommands:" : `There is no subcommand ${visible(name.slice(0, 40))}. There are:`;
  return [head, ...lines].join("\n");
}
