import type { HarnessRecorder } from "../../../src/harness/recorder.ts";
import type { AttemptObserver } from "../../../src/harness/types.ts";
import { TranscriptFile } from "../../../src/host/transcript-file.ts";
import type { TranscriptEntry } from "../../../src/transcript/entry.ts";
import type { Fault, FaultContext } from "../fault.ts";
import { asksFirst, callsTool, never, shell, sleep, steps } from "./parts.ts";

const fails = (): never => {
  throw new Error("the host's own fault");
};
const rejects = async (): Promise<never> => fails();

/** Every callback of the observer does the same. */
const everywhere = (does: () => void | Promise<void>): AttemptObserver =>
  Object.fromEntries(
    ["Thread", "AssistantStart", "PartialReply", "Commentary", "AssistantDiscard", "Reasoning", "ReasoningEnd", "Tool"]
      .concat(["Plan", "Usage", "Compaction", "Agent", "Steer", "Notice", "Phase"])
      .map((name) => [`on${name}`, does]),
  );
const watching = (id: string, does: string, observer: AttemptObserver, more: Partial<Fault> = {}): Fault => ({
  id: `observer-${id}`,
  does,
  told: /^completed$/,
  ...shell("echo out"),
  turn: () => ({ observer }),
  ...more,
});

/** The host's transcript, with something done before each write. */
const writing = (id: string, does: string, before: () => void | Promise<void>, more: Partial<Fault> = {}): Fault => ({
  id: `transcript-${id}`,
  does,
  told: /^failed other \(transcript_unwritable\)$/,
  noTranscript: true,
  act: (context) => attemptWith(context, before),
  ...more,
});

async function attemptWith({ stand, session, abort }: FaultContext, before: () => void | Promise<void>) {
  const file = new TranscriptFile(stand.folders.transcripts, session);
  const append = async (entries: readonly TranscriptEntry[]): Promise<void> => {
    await before();
    await file.append(entries);
  };
  const attempt = { ...stand.settings, session: { key: session, id: session }, prompt: "work", signal: abort.signal };
  const result = await stand.harness.runAttempt({ ...attempt, transcript: { append } });
  return { ...result, selection: "", transcriptFile: file.file };
}

const question = {
  id: "c",
  header: "Colour",
  question: "Which?",
  options: [{ label: "Blue", description: "a blue one" }],
};
const questions: Pick<Fault, "model" | "host"> = {
  model: steps([{ call: "request_user_input", args: { questions: [question] } }]),
  host: () => ({ config: { "features.default_mode_request_user_input": true } }),
};
const deaf: HarnessRecorder = {
  spawned: () => ({ line: fails, ready: () => undefined, closing: () => undefined, exited: () => undefined }),
  host: () => undefined,
  close: async () => undefined,
};

/** The host's own callbacks throw, hang, or take their time. */
export const callbacks: readonly Fault[] = [
  watching("throws", "every callback of the observer throws", everywhere(fails)),
  watching("rejects", "every callback of the observer rejects", everywhere(rejects)),
  watching(
    "slow",
    "every callback of the observer takes 30 ms",
    everywhere(() => sleep(30)),
    { withinMs: 40_000 },
  ),
  watching(
    "hangs",
    "the observer of the words never returns",
    { onPartialReply: never },
    {
      told: /^completed$/,
      expects: "the turn ends on the server's word; the host is waited for no longer than settlement",
    },
  ),
  watching("hangs-everywhere", "no callback of the observer ever returns", everywhere(never), {
    told: /^(completed|timeout .*)$/,
  }),
  writing("throws", "the transcript refuses every entry", fails),
  writing("fails-once", "the transcript refuses the first entry", failsFirst(), {
    told: /^completed$/,
    expects: "what it refused is written with the next entry",
  }),
  writing("slow", "the transcript takes 200 ms for each entry", () => sleep(200), { told: /^completed$/ }),
  writing("hangs", "the transcript never answers", never, { told: /^failed other \(transcript_unwritable\)$/ }),
  { id: "tool-throws", does: "a host tool throws", told: /^completed$/, ...callsTool(fails) },
  { id: "tool-slow", does: "a host tool takes 1.5 s", told: /^completed$/, ...callsTool(() => sleep(1500, "a bird")) },
  {
    id: "tool-hangs",
    does: "a host tool never returns",
    told: /^completed$/,
    expects: "its clock ends the call, and the turn goes on",
    ...callsTool(never),
  },
  {
    id: "tool-nonsense",
    does: "a host tool returns what is no result",
    told: /^completed$/,
    ...callsTool(() => ({ content: [7, null] }) as unknown as string),
  },
  {
    id: "tool-unwritable",
    does: "a host tool returns what JSON cannot hold",
    told: /^completed$/,
    ...callsTool(() => 1n as unknown as string),
  },
  {
    id: "tool-hooks-throw",
    does: "the host's hooks around its tools throw",
    told: /^completed$/,
    ...callsTool(() => "a bird"),
    turn: () => ({ toolHooks: { before: rejects, observe: fails, transform: rejects } }),
  },
  { id: "approval-throws", does: "the host throws when asked for approval", told: /^completed$/, ...asksFirst(fails) },
  { id: "approval-hangs", does: "the host never answers an approval", told: /^completed$/, ...asksFirst(never) },
  {
    id: "approval-nonsense",
    does: "the host answers an approval with a word that is none",
    told: /^completed$/,
    ...asksFirst(async () => "perhaps" as "accept"),
  },
  {
    id: "question-throws",
    does: "the host throws when asked a question",
    told: /^completed$/,
    ...questions,
    turn: () => ({ answer: rejects }),
  },
  {
    id: "question-hangs",
    does: "the host never answers a question",
    told: /^completed$/,
    ...questions,
    turn: () => ({ answer: never }),
  },
  {
    id: "control-throws",
    does: "onControl throws",
    told: /^(completed|error internal)$/,
    turn: () => ({ onControl: fails }),
  },
  {
    id: "recorder-throws",
    does: "the recorder throws at every line",
    told: /^completed$/,
    when: "new",
    stand: { recorder: deaf },
  },
  { id: "log-throws", does: "the log throws at everything", told: /^completed$/, when: "new", stand: { log: fails } },
  {
    id: "history-throws",
    does: "the thread is gone, and the host's record of the conversation cannot be had",
    told: /^completed$/,
    expects: "Codex's own record of the thread serves instead",
    replaced: "in turn",
    turn: () => ({ history: rejects }),
    before: ({ stand, session }) => stand.harness.reset({ key: session, id: session }, "to see", { keepHistory: true }),
  },
];

function failsFirst(): () => void {
  let first = true;
  return () => {
    if (first) {
      first = false;
      fails();
    }
  };
}
