import type { Message } from "../play/lanes.ts";
import type { Difference, Side } from "./drift-model.ts";
import { nameOf } from "./drift-shape.ts";

/** How two kinds of message of one turn followed each other: how often always in this order, always in the other, mixed. */
interface Order {
  before: number;
  after: number;
  mixed: number;
}

/**
 * Pairs of messages that the server of one side always sends in one order within a turn, and that of the other always in
 * the other one. A pair that only may change its place is a race, and no difference.
 */
export function orderDifferences(from: Side, to: Side, matters: (name: string) => boolean): Difference[] {
  const [before, after] = [ordersOf(from), ordersOf(to)];
  const found: Difference[] = [];
  for (const [pair, a] of before) {
    const b = after.get(pair);
    if (!b || a.before < 2 || a.after > 0 || a.mixed > 0 || b.after < 2 || b.before > 0 || b.mixed > 0) continue;
    const [first = "", second = ""] = pair.split(" | ");
    found.push({
      level: "wire",
      key: `order: ${second} now comes before ${first}`,
      details: [`in ${a.before} turns before, in ${b.after} after`],
      scenarios: [],
      matters: matters(first) && matters(second),
    });
  }
  return found;
}

function ordersOf({ recordings }: Side): Map<string, Order> {
  const orders = new Map<string, Order>();
  for (const { again } of recordings.values()) {
    for (const { messages } of again.reduced.processes) {
      for (const turn of turnsIn(messages)) addOrders(orders, turn);
    }
  }
  return orders;
}

/** What the server told of each turn, by its thread: from one request for a turn to the next. */
function turnsIn(messages: readonly Message[]): string[][] {
  const turns: string[][] = [];
  for (const lane of Map.groupBy(messages, (message) => message.lane).values()) {
    let current: string[] | undefined;
    for (const message of lane) {
      if (message.from === "client") {
        if (message.method !== "turn/start" || message.kind !== "request") continue;
        current = [];
        turns.push(current);
      } else current?.push(nameOf(message));
    }
  }
  return turns;
}

function addOrders(orders: Map<string, Order>, names: readonly string[]): void {
  const spans = new Map<string, { first: number; last: number }>();
  for (const [index, name] of names.entries()) {
    spans.set(name, { first: spans.get(name)?.first ?? index, last: index });
  }
  for (const [a, one] of spans) {
    for (const [b, other] of spans) {
      if (a === b) continue;
      const order = orders.get(`${a} | ${b}`) ?? { before: 0, after: 0, mixed: 0 };
      orders.set(`${a} | ${b}`, order);
      if (one.last < other.first) order.before += 1;
      else if (other.last < one.first) order.after += 1;
      else order.mixed += 1;
    }
  }
}
