import { BridgeError } from "../../errors.ts";
import { decodeResult } from "../../protocol/decode.ts";
import type { TurnSummary } from "../../protocol/shapes.ts";
import type { TurnEvent } from "../../turn/state.ts";
import type { Message } from "./lanes.ts";

/** Puts together what `readTurnRecord` asked in several requests, from their recorded answers. */
export class Reading {
  #threadStatus = "notLoaded";
  #outline: TurnSummary | undefined;

  /** @returns the event once the last answer is there */
  answer(message: Message, turnId: string | undefined): TurnEvent | undefined {
    if (message.method === "thread/read") return this.#thread(message, turnId);
    const turns = message.refused ? undefined : decodeResult("thread/turns/list", message.body).data;
    const full = (message.request?.body as { itemsView?: unknown } | undefined)?.itemsView === "full";
    if (full) return this.#whole(turns?.find(({ id }) => id === turnId));
    if (!turns) return this.#read({ listed: false });
    this.#outline = turns.find(({ id }) => id === turnId);
    if (!this.#outline) return this.#read({ listed: true });
    if (this.#outline.status !== "inProgress") return undefined;
    return this.#read({ listed: true, turn: { ...this.#outline, items: [] } });
  }

  #thread(message: Message, turnId: string | undefined): TurnEvent | undefined {
    if (message.refused) return { type: "read.failed", unanswered: false, error: refusal(message) };
    this.#threadStatus = decodeResult("thread/read", message.body).thread.status.type;
    return turnId === undefined ? this.#read({ listed: true }) : undefined;
  }

  #whole(turn: TurnSummary | undefined): TurnEvent {
    const found = turn ?? this.#outline;
    return this.#read({ listed: true, ...(found ? { turn: found } : {}), ...(turn ? {} : { itemsUnread: true }) });
  }

  #read(reading: Omit<Extract<TurnEvent, { type: "read" }>["reading"], "threadStatus">): TurnEvent {
    return { type: "read", reading: { threadStatus: this.#threadStatus, ...reading } };
  }
}

export function refusal({ method, body }: Message): BridgeError {
  const { code } = (body ?? {}) as { code?: unknown };
  return new BridgeError("rpc_error", `The peer refused ${method} with JSON-RPC error ${String(code)}.`);
}
