import {
  type Component,
  Editor,
  isKeyRelease,
  matchesKey,
  ProcessTerminal,
  type Terminal,
  TuiMainScreen,
  truncateToWidth,
} from "@earendil-works/pi-tui";
import type { Conversation } from "./conversation.ts";
import { ItemLines } from "./item-lines.ts";
import type { Item } from "./items.ts";
import { liveLines, type Working } from "./live-lines.ts";
import type { Panel } from "./panel.ts";
import type { PanelPlace } from "./prompts.ts";
import type { Suggestions } from "./suggestions.ts";
import type { Theme } from "./theme.ts";
import { Typing } from "./typing.ts";

/** What a person does with the keyboard, apart from writing. */
export interface ScreenKeys {
  submit(text: string): void;
  /** Esc, where it has nothing else to close. */
  escape(): void;
  ctrlC(): void;
  /** Ctrl-D with nothing written. */
  endOfInput(): void;
  /** Any other key. */
  other(): void;
}

export interface ScreenOptions {
  readonly conversation: Conversation;
  readonly theme: Theme;
  readonly cwd: string;
  readonly keys: ScreenKeys;
  readonly suggestions: Suggestions;
  /** What stands above everything. */
  head(width: number): string[];
  /** The running turn; undefined: none does. */
  working(): Working | undefined;
  /** The last line. */
  status(width: number): string;
  /** Default: the one of this process. */
  readonly terminal?: Terminal;
}

const frameMs = 125;

interface Opened {
  readonly panel: Panel;
  readonly exit: () => void;
}

/** The terminal: the conversation, what is going on, the line to write in or a question in its place, the status. */
export class Screen implements PanelPlace {
  readonly theme: Theme;
  readonly editor: Editor;
  readonly #options: ScreenOptions;
  readonly #tui: TuiMainScreen;
  readonly #typing = new Typing();
  /** Keys for a question; the next request's question is not what they were for. */
  readonly #answering = new Typing();
  #answered: readonly string[] | undefined;
  /** The first one is shown; the others wait behind it. */
  readonly #panels: Opened[] = [];
  #frames: NodeJS.Timeout | undefined;
  #frame = 0;
  #running = false;
  #parting = false;

  constructor(options: ScreenOptions) {
    const { theme, keys } = options;
    this.#options = options;
    this.theme = theme;
    this.#tui = new TuiMainScreen(options.terminal ?? new ProcessTerminal());
    this.editor = new Editor(this.#tui, theme.editor, { paddingX: 1 });
    this.editor.setAutocompleteProvider(options.suggestions);
    this.editor.onSubmit = (text) => {
      this.#typing.finished();
      keys.submit(text);
    };
    const lines = new ItemLines(options);
    this.#tui.addChild(part((width) => options.head(width)));
    this.#tui.addChild({
      render: (width) => conversationLines(options.conversation.items, lines, width),
      invalidate: () => undefined,
    });
    this.#tui.addChild(part((width) => this.#live(width)));
    this.#tui.addChild(part((width) => (this.#parting ? [] : (this.#panel?.panel ?? this.editor).render(width))));
    // What stands last when the screen is left is written over.
    this.#tui.addChild(part((width) => [this.#parting ? "" : theme.dim(options.status(width))]));
    this.#tui.addInputListener((data) => (this.#key(data) ? { consume: true } : undefined));
  }

  start(): void {
    this.#running = true;
    this.#tui.start();
    this.#tui.setFocus(this.editor);
    this.#frames = setInterval(() => this.#tick(), frameMs);
  }

  /** Gives the terminal back as it was found. May be called twice, and while the process dies. */
  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    clearInterval(this.#frames);
    try {
      this.#tui.stop();
    } catch {
      // A terminal that is gone has nothing to be given back.
    }
  }

  /** Something is different now. */
  changed(): void {
    if (this.#running) this.#tui.requestRender();
  }

  /** The last frame, before the screen is left: there is nothing to write in any more. */
  farewell(): void {
    this.#parting = true;
    if (this.#running) this.#tui.renderNow();
  }

  /** One that comes while another is open waits: each has to be answered. */
  open(panel: Panel, exit: () => void): void {
    this.#panels.push({ panel, exit });
    this.#focus();
  }

  close(panel: Panel): void {
    const index = this.#panels.findIndex((each) => each.panel === panel);
    if (index < 0) return;
    this.#panels.splice(index, 1);
    this.#focus();
  }

  get #panel(): Opened | undefined {
    return this.#panels[0];
  }

  #focus(): void {
    this.#tui.setFocus(this.#panel?.panel ?? this.editor);
    this.changed();
  }

  /** @returns whether the key was for us, and not for what has the focus */
  #key(data: string): boolean {
    const { keys } = this.#options;
    // Some terminals tell that a key was let go, too: that is no second Ctrl-C.
    if (isKeyRelease(data)) return false;
    if (matchesKey(data, "ctrl+c")) {
      keys.ctrlC();
      return true;
    }
    keys.other();
    if (matchesKey(data, "escape")) return this.#escape();
    if (this.#panel) return this.#typeAhead(data);
    if (matchesKey(data, "ctrl+d") && this.editor.getText() === "") {
      keys.endOfInput();
      return true;
    }
    this.#typing.typed();
    return false;
  }

  /** @returns false when there is none */
  closePanel(): boolean {
    this.#panel?.exit();
    return this.#panel !== undefined;
  }

  #escape(): boolean {
    if (this.closePanel()) return true;
    if (this.editor.isShowingAutocomplete()) return false;
    this.#options.keys.escape();
    return true;
  }

  /** Who was writing when a question appeared goes on writing, until they pause; a key for one question is not for the next. */
  #typeAhead(data: string): boolean {
    if (this.#typing.waitMs > 0) {
      this.#typing.typed();
      this.editor.handleInput(data);
      this.changed();
      return true;
    }
    const resting = this.#resting();
    if (!resting) this.#answered = this.#panel?.panel.content.about;
    this.#answering.typed();
    return resting;
  }

  /** The keys are not for the question that is shown. */
  #resting(): boolean {
    if (this.#typing.waitMs > 0) return true;
    return this.#answering.waitMs > 0 && this.#panel?.panel.content.about !== this.#answered;
  }

  #live(width: number): string[] {
    const { conversation, working } = this.#options;
    const { plan, waiting, activity } = conversation;
    const what = this.#panel ? "Waiting for you" : activity;
    const live = { plan, waiting, activity: what, working: working(), frame: this.#frame };
    return liveLines(live, width, this.theme);
  }

  #tick(): void {
    const resting = this.#resting();
    const panel = this.#panel?.panel;
    const news = panel !== undefined && panel.resting !== resting;
    if (panel) panel.resting = resting;
    const working = this.#options.working() !== undefined;
    if (working) this.#frame += 1;
    if (working || news) this.changed();
  }
}

/** No line is wider than the terminal: one that wraps would put everything below it in the wrong place. */
function part(render: (width: number) => string[]): Component {
  return {
    render: (width) => render(width).map((line) => truncateToWidth(line, width, "")),
    invalidate: () => undefined,
  };
}

/** Items with an empty line between them, except between one tool and the next. */
function conversationLines(items: readonly Item[], lines: ItemLines, width: number): string[] {
  const all: string[] = [];
  let before: Item | undefined;
  for (const item of items) {
    const own = lines.render(item, width);
    if (own.length === 0) continue;
    if (!(before?.kind === "tool" && item.kind === "tool")) all.push("");
    for (const line of own) all.push(line);
    before = item;
  }
  return all;
}
