import { PassThrough, type Readable, type Writable } from "node:stream";
import { LineSplitter } from "../../wire/splitter.ts";
import type { Link } from "./against.ts";
import { FakeServer, type ReplayMismatchError } from "./fake-server.ts";
import { FramedWriter, type Framing } from "./fake-server-framing.ts";
import type { RecordedProcess } from "./lanes.ts";

export interface ServeOptions {
  readonly process: RecordedProcess;
  /** What the client says. */
  readonly input: Readable;
  /** What the server says. */
  readonly output: Writable;
  readonly framing?: Framing;
  /** `eof`: the line of the server in which its output ends. */
  readonly endsInLine?: number;
}

export interface Served {
  readonly code: number | null;
  readonly signal: string | null;
  /** What was not as recorded; the process it stands for would not have gone on. */
  readonly mismatch?: ReplayMismatchError;
}

const maxLineBytes = 256 * 1024 * 1024;

/** Is one recorded process over a pair of streams. @returns how it ended: by its client's wish, as recorded, or by a mismatch */
export function serve(options: ServeOptions): Promise<Served> {
  const { process, input, output, framing = "plain", endsInLine } = options;
  const done = Promise.withResolvers<Served>();
  const end = (served: Served): void => {
    if (!output.writableEnded) output.end();
    done.resolve(served);
  };
  const writer = new FramedWriter({
    framing,
    write: (bytes) => void output.write(bytes),
    ...(endsInLine === undefined ? {} : { endsInLine, end: () => end({ code: 0, signal: null }) }),
  });
  const server = new FakeServer({
    process,
    send: (line) => {
      if (!output.writableEnded) writer.line(line);
    },
    exit: ({ code, signal }) => end({ code, signal }),
    onMismatch: (mismatch) => end({ code: 1, signal: null, mismatch }),
  });
  output.on("error", () => undefined);
  const splitter = new LineSplitter(maxLineBytes);
  input.on("data", (bytes: Buffer) => {
    for (const piece of splitter.push(bytes)) if (typeof piece === "string") receive(server, piece);
  });
  input.on("end", () => end(endOf(server)));
  return done.promise;
}

function receive(server: FakeServer, lines: string): void {
  for (const line of lines.split("\n")) {
    if (line.trim() === "") continue;
    const message: unknown = JSON.parse(line);
    if (typeof message === "object" && message !== null) server.receive(message);
  }
}

function endOf(server: FakeServer): Served {
  const mismatch = server.end();
  return { code: mismatch ? 1 : 0, signal: null, ...(mismatch ? { mismatch } : {}) };
}

/** A recorded process in this one, as something a client can be connected to. */
export function fakeLink(
  process: RecordedProcess,
  options: Pick<ServeOptions, "framing" | "endsInLine"> = {},
): Link & {
  readonly served: Promise<Served>;
} {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const served = serve({ process, input, output, ...options });
  return {
    readable: output,
    writable: input,
    served,
    kill: () => void input.end(),
    stop: async () => {
      input.end();
      const { code, signal } = await served;
      return { code, signal };
    },
  };
}
