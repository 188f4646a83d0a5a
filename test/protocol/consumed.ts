import type { Digest, MessageDigest } from "../../scripts/protocol/digest-model.ts";
import { methods } from "../../src/protocol/methods.ts";
import { notifications } from "../../src/protocol/notifications.ts";
import { serverRequests } from "../../src/protocol/server-requests.ts";
import { type ReadField, readFields } from "./shape-fields.ts";

/** A message the bridge uses, in one direction: what it sends of it, or reads of it. */
export interface Consumed {
  readonly kind: "sends" | "reads";
  readonly method: string;
  readonly part: "params" | "result";
  readonly fields: readonly ReadField[];
  find(digest: Digest): MessageDigest | undefined;
}

const list: Consumed[] = [];
for (const [method, { sends, result }] of Object.entries(methods)) {
  const find = (digest: Digest) => digest.clientMethods.get(method);
  const sent = Object.entries<readonly string[]>(sends).flatMap(([field, below]) => [
    field,
    ...below.map((path) => (path.startsWith("<") ? field + path : `${field}.${path}`)),
  ]);
  const fields = sent.map((path) => ({ path, optional: true }));
  list.push({ kind: "sends", method, part: "params", fields, find });
  list.push({ kind: "reads", method, part: "result", fields: readFields(result), find });
}
for (const [method, { shape }] of Object.entries(notifications)) {
  const find = (digest: Digest) => digest.notifications.get(method);
  list.push({ kind: "reads", method, part: "params", fields: readFields(shape), find });
}
for (const [method, { shape, answers }] of Object.entries(serverRequests)) {
  const find = (digest: Digest) => digest.serverRequests.get(method);
  const answered = answers.map((path) => ({ path, optional: true }));
  list.push({ kind: "reads", method, part: "params", fields: readFields(shape), find });
  list.push({ kind: "sends", method, part: "result", fields: answered, find });
}

/** Everything the bridge uses of the protocol. */
export const consumed: readonly Consumed[] = list;
