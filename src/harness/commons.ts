import path from "node:path";
import type { Clocks } from "../clocks.ts";
import { BindingStore } from "../thread/store.ts";
import { Sessions } from "./session.ts";

export interface CommonsOptions {
  /** Private folder of the bridge: session bindings and caches. */
  readonly stateDir: string;
  readonly clocks: Clocks;
  readonly warn: (message: string, facts: Record<string, unknown>) => void;
}

/**
 * What the harnesses of one state folder share: which session has which thread, and who works in it. A host that logs
 * in with several accounts has a harness for each, and a session may go from one to the other.
 */
export class HarnessCommons {
  readonly stateDir: string;
  readonly store: BindingStore;
  readonly sessions: Sessions;

  constructor({ stateDir, clocks, warn }: CommonsOptions) {
    this.stateDir = stateDir;
    this.store = new BindingStore(path.join(stateDir, "sessions.db"), {
      onSetAside: (movedTo) => warn("the session store was damaged; it was set aside and is rebuilt", { movedTo }),
    });
    this.sessions = new Sessions(this.store, clocks.sessionWaitMs);
  }

  /** Waits for what still runs in any session, then closes the record. */
  async close(): Promise<void> {
    await this.sessions.idle();
    await this.store.close();
  }
}
