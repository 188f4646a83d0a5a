/** The part of JSON Schema that `codex app-server generate-json-schema` writes. */
export interface SchemaObject {
  readonly $ref?: string;
  readonly title?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

export type Schema = SchemaObject | boolean;

const bundleKinds = ["ClientRequest", "ClientNotification", "ServerRequest", "ServerNotification"] as const;
export type MessageKind = (typeof bundleKinds)[number];

/** A bundle taken apart: what can be sent, and every named type once. */
export interface ProtocolSchema {
  readonly messages: Readonly<Record<MessageKind, readonly SchemaObject[]>>;
  /** Without the four unions of messages, but with the fields all messages of a union share. */
  readonly types: ReadonlyMap<string, Schema>;
}

/** What a schema says about values; `true` and `{}` say nothing. */
export function asObject(schema: Schema | undefined): SchemaObject {
  return typeof schema === "object" ? schema : {};
}

/** The type a `$ref` points at; bundles keep version 2 types in a folder of their own, digests do not. */
export function referencedName(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

/**
 * Takes a bundle apart. Definitions of the same name outside and inside the `v2` folder have to mean the same.
 * @throws Error when they do not, or when the bundle lacks one of the four message unions
 */
export function readBundle(bundle: SchemaObject): ProtocolSchema {
  const { v2, ...root } = bundle.definitions ?? {};
  const types = new Map<string, Schema>(Object.entries(asObject(v2) as Record<string, Schema>));
  for (const [name, schema] of Object.entries(root)) {
    const other = types.get(name);
    if (other !== undefined && meaning(other) !== meaning(schema)) {
      throw new Error(
        `The bundle has two different types ${name}; the digest has room for one. Teach readBundle a name.`,
      );
    }
    types.set(name, schema);
  }
  const messages = Object.fromEntries(
    bundleKinds.map((kind) => {
      const union = asObject(types.get(kind)).oneOf;
      if (union === undefined) throw new Error(`The bundle has no union ${kind}; found ${types.size} types.`);
      const { properties, required } = asObject(types.get(kind));
      if (properties === undefined) types.delete(kind);
      else types.set(kind, { properties, ...(required && { required }) });
      return [kind, union.map(asObject)];
    }),
  ) as Record<MessageKind, SchemaObject[]>;
  return { messages, types };
}

/** A schema without what only people read, for comparison. */
function meaning(schema: Schema): string {
  return canonicalJson(JSON.parse(JSON.stringify(schema, (key, value) => (isProse(key, value) ? undefined : value))));
}

function isProse(key: string, value: unknown): boolean {
  return ["description", "title", "$schema"].includes(key) && typeof value === "string";
}

/** JSON with sorted keys, one space per level and a line end: the same bytes for the same value. */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(sortKeys(value), null, 1)}\n`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
