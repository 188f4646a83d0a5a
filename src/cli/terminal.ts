import { styleText } from "node:util";
import type { AttemptObserver, ToolProgress } from "../harness/types.ts";
import { plain, visible } from "../visible.ts";

export interface Terminal {
  readonly out: { write(text: string): boolean };
  readonly colour: boolean;
}

/** Colours only for people: a terminal, no NO_COLOR, not in CI. */
export function terminalFor(out: NodeJS.WriteStream, env: NodeJS.ProcessEnv): Terminal {
  return { out, colour: out.isTTY === true && !env.NO_COLOR && !env.CI };
}

type Style = "dim" | "bold" | "green" | "red" | "yellow" | "cyan";

export function paint(terminal: Terminal, style: Style, text: string): string {
  return terminal.colour ? styleText(style, text, { validateStream: false }) : text;
}

/** Shows a turn as it happens: text streams, tools are announced with what they do and how they ended. */
export function liveView(terminal: Terminal): AttemptObserver & { finish(): void } {
  let column = 0;
  const write = (text: string): void => {
    if (text === "") return;
    terminal.out.write(text);
    column = text.endsWith("\n") ? 0 : column + text.length;
  };
  const freshLine = (): void => {
    if (column > 0) write("\n");
  };
  const line = (text: string): void => {
    freshLine();
    write(`${text}\n`);
  };
  let thinking = false;
  return {
    onThread: (thread) => {
      if (thread.rotation) line(paint(terminal, "yellow", `! new thread: ${visible(thread.rotation.reason)}`));
    },
    onAssistantStart: freshLine,
    onPartialReply: ({ delta, text, replace }) => {
      // What is printed cannot be taken back: a corrected text is printed whole, on a line of its own.
      if (replace) freshLine();
      write(plain(replace ? text : delta));
    },
    onCommentary: ({ delta }) => {
      write(paint(terminal, "dim", plain(delta)));
    },
    onAssistantDiscard: () => line(paint(terminal, "yellow", "! the model began its answer again")),
    onReasoning: ({ delta }) => {
      if (!thinking) {
        freshLine();
        write(paint(terminal, "dim", "· "));
      }
      thinking = true;
      write(paint(terminal, "dim", plain(delta)));
    },
    onReasoningEnd: () => {
      thinking = false;
      freshLine();
    },
    onTool: (tool) => showTool(tool),
    onNotice: ({ text }) => line(paint(terminal, "yellow", `! ${visible(text)}`)),
    finish: freshLine,
  };

  function showTool(tool: ToolProgress): void {
    if (tool.phase === "start") line(paint(terminal, "cyan", `▸ ${visible(tool.name)}: ${visible(tool.title)}`));
    if (tool.phase !== "end") return;
    const mark =
      tool.status === "completed"
        ? paint(terminal, "green", "  ✓")
        : paint(terminal, "red", `  ✗ ${visible(String(tool.status))}`);
    line(mark + (tool.output ? paint(terminal, "dim", ` ${preview(tool.output)}`) : ""));
  }
}

/** The first line or two of an output, for a glance. */
function preview(output: string): string {
  const clean = plain(output).trim().split("\n").slice(0, 3).join(" ⏎ ");
  return clean.length > 160 ? `${clean.slice(0, 160)}…` : clean;
}
