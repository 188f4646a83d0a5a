import { type Digest, emptyShape, type MessageDigest, type Shape, type TypeDigest } from "./digest-model.ts";

/** Where a line's facts go, and whether everything in there is experimental. */
interface Place {
  readonly shape: Shape;
  readonly experimental: boolean;
}

const messageLine =
  /^(client-request|client-notification|server-request|server-notification) (\S+) (\S+)(?: -> (\S+))?$/;
const headLine = /^([A-Z]\w*) : (object|enum|union|alias)$/;
const subjectText = /^[A-Z]\w*(?:\.(?:[\w$/:-]+|"(?:[^"\\]|\\.)*")|<(?:[^<>"]|"(?:[^"\\]|\\.)*")*>)*/;
const segmentText = /\.([\w$/:-]+|"(?:[^"\\]|\\.)*")|<((?:[^<>"]|"(?:[^"\\]|\\.)*")*)>/g;

/**
 * Reads the lines of a whole digest (not of a difference).
 * @param lines sorted, so that what a line is part of comes before it
 * @throws SyntaxError when a line is not of the grammar, or is part of something no earlier line mentions
 */
export function parseDigest(lines: Iterable<string>): Digest {
  const digest: Digest = {
    clientMethods: new Map(),
    clientNotifications: new Map(),
    notifications: new Map(),
    serverRequests: new Map(),
    types: new Map(),
  };
  for (const line of lines) {
    const experimental = line.endsWith(" experimental");
    const fact = experimental ? line.slice(0, -" experimental".length) : line;
    if (!readMessage(digest, fact, experimental) && !readType(digest, fact, experimental)) {
      throw new SyntaxError(
        `Expected a line of a protocol digest (protocol/README.md), found ${JSON.stringify(line)}.`,
      );
    }
  }
  return digest;
}

function readMessage(digest: Digest, fact: string, experimental: boolean): boolean {
  const found = messageLine.exec(fact);
  if (found === null) return false;
  const [, word, method, params, result] = found as unknown as [string, string, string, string, string | undefined];
  const message: MessageDigest = {
    ...(params === "-" ? {} : { params: params.replace(/\|null$/, "") }),
    paramsOptional: params === "-" || params.endsWith("|null"),
    ...(result === undefined || result === "?" ? {} : { result }),
    experimental,
  };
  messagesOf(digest, word).set(method, message);
  return true;
}

function messagesOf(digest: Digest, word: string): Map<string, MessageDigest> {
  if (word === "client-request") return digest.clientMethods;
  if (word === "client-notification") return digest.clientNotifications;
  return word === "server-request" ? digest.serverRequests : digest.notifications;
}

function readType(digest: Digest, fact: string, experimental: boolean): boolean {
  const head = headLine.exec(fact);
  if (head !== null) {
    const [, name, kind] = head as unknown as [string, string, TypeDigest["kind"]];
    digest.types.set(name, { name, kind, experimental, ...emptyShape() });
    return true;
  }
  const subject = subjectText.exec(fact)?.[0];
  if (subject === undefined) return false;
  const steps = [...subject.matchAll(segmentText)];
  const rest = fact.slice(subject.length).trimStart();
  const last = rest.startsWith("= ") ? undefined : steps.pop();
  const place = placeOf(digest, subject, steps);
  const marked = experimental || place.experimental;
  if (last === undefined) place.shape.alternatives.set(rest.slice(2), { experimental: marked });
  else if (last[2] !== undefined && rest === "") addVariant(place.shape, last[2], marked);
  else return last[1] !== undefined && addField(place.shape, unquote(last[1]), rest, marked);
  return true;
}

/** Walks to what a line is part of. */
function placeOf(digest: Digest, subject: string, steps: readonly RegExpExecArray[]): Place {
  const type = digest.types.get(/^\w+/.exec(subject)?.[0] ?? "");
  let place: Place | undefined = type && { shape: type, experimental: type.experimental };
  for (const [, field, label] of steps) {
    const shape: Shape | undefined = place?.shape;
    const variant = label === undefined ? undefined : shape?.variants.get(label);
    const inner = field === undefined ? undefined : shape?.fields.get(unquote(field));
    place = variant
      ? { shape: variant, experimental: variant.experimental }
      : inner?.inline && { shape: inner.inline, experimental: inner.experimental };
  }
  if (place === undefined)
    throw new SyntaxError(`The digest says something about ${subject} before it says what it is in.`);
  return place;
}

function addVariant(shape: Shape, label: string, experimental: boolean): void {
  const [, tag, value] = /^([\w$-]+)=(.*)$/.exec(label) ?? [];
  const variant = { label, name: value === undefined ? label : unquote(value), experimental, ...emptyShape() };
  if (tag !== undefined) {
    variant.fields.set(tag, { type: JSON.stringify(variant.name), required: true, experimental });
  }
  shape.variants.set(label, variant);
}

function addField(shape: Shape, name: string, rest: string, experimental: boolean): boolean {
  const [, type, need] = /^(.+) (required|optional)$/.exec(rest) ?? [];
  if (type === undefined) return false;
  const inline = type.includes("{}") ? { inline: emptyShape() } : {};
  shape.fields.set(name, { type, required: need === "required", experimental, ...inline });
  return true;
}

function unquote(name: string): string {
  return name.startsWith('"') ? (JSON.parse(name) as string) : name;
}
