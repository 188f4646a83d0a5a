import { Socket } from "node:net";
import type { Methods, Traffic } from "./messages.ts";

type Seen = Map<string, Set<string>>;

/**
 * Listens to everything this process says to app-servers and hears from them, in all pipes and sockets, while
 * `listening` is true.
 */
export function tapTraffic(): { listening: boolean; seen(): Traffic } {
  const sent: Seen = new Map();
  const received: Seen = new Map();
  const rests = new WeakMap<Socket, string>();
  const tap = { listening: true, seen: () => ({ sent: plain(sent), received: plain(received) }) };
  const note = (seen: Seen, line: string): void => {
    if (tap.listening) noteLine(seen, line);
  };
  overhear("write", (_, data) => {
    if (typeof data === "string") for (const line of data.split("\n")) note(sent, line);
  });
  overhear("push", (socket, data) => {
    if (!(data instanceof Uint8Array)) return;
    const lines = ((rests.get(socket) ?? "") + Buffer.from(data).toString("utf8")).split("\n");
    rests.set(socket, lines.pop() ?? "");
    for (const line of lines) note(received, line);
  });
  return tap;
}

function overhear(method: "write" | "push", hear: (socket: Socket, data: unknown) => void): void {
  const original = Socket.prototype[method];
  Socket.prototype[method] = function (this: Socket, ...args: unknown[]): boolean {
    hear(this, args[0]);
    return Reflect.apply(original, this, args) as boolean;
  };
}

function noteLine(seen: Seen, line: string): void {
  // HTTP with the scripted model goes through sockets, too; its lines are not such objects.
  if (!line.startsWith("{") || !line.includes('"method"')) return;
  let message: { method?: unknown; params?: unknown };
  try {
    message = JSON.parse(line) as typeof message;
  } catch {
    return;
  }
  if (typeof message.method !== "string") return;
  const keys = seen.get(message.method) ?? new Set();
  seen.set(message.method, keys);
  for (const key of Object.keys(message.params ?? {})) keys.add(key);
}

function plain(seen: Seen): Methods {
  const methods = [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(methods.map(([method, keys]) => [method, [...keys].sort()]));
}
