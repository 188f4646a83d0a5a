/*
 * A digest, parsed. Its grammar is in protocol/README.md. `experimental` is inherited here: a field of an experimental type
 * is experimental, though its line does not say so again.
 */

/** A method of one direction. Absent `params` means the method takes none. */
export interface MessageDigest {
  readonly params?: string;
  /** Whether the params may be left out altogether. */
  readonly paramsOptional: boolean;
  /** The type of the result; absent for notifications, and for a request whose result type is not known. */
  readonly result?: string;
  readonly experimental: boolean;
}

/** What a type, a variant of one, or an object described in place has inside. */
export interface Shape {
  /** Plain alternatives by type expression: `"completed"`, `string`, `UserInput`. */
  readonly alternatives: Map<string, { readonly experimental: boolean }>;
  /** Fields by name; of a union, those that all its variants share. */
  readonly fields: Map<string, FieldDigest>;
  /** Variants with fields of their own, by label: `type=agentMessage`, `granular`, `blob+uri`. */
  readonly variants: Map<string, VariantDigest>;
}

export interface TypeDigest extends Shape {
  readonly name: string;
  readonly kind: "object" | "enum" | "union" | "alias";
  readonly experimental: boolean;
}

export interface VariantDigest extends Shape {
  readonly label: string;
  /** The value of the tag (`agentMessage` of `type=agentMessage`); of a variant without a tag, its label. */
  readonly name: string;
  readonly experimental: boolean;
}

export interface FieldDigest {
  /** A type expression, see type-expression.ts. */
  readonly type: string;
  readonly required: boolean;
  readonly experimental: boolean;
  /** What `{}` in the type stands for; absent when there is none. */
  readonly inline?: Shape;
}

export interface Digest {
  /** Requests of the client: `turn/start`. */
  readonly clientMethods: Map<string, MessageDigest>;
  /** Notifications of the client: `initialized`. */
  readonly clientNotifications: Map<string, MessageDigest>;
  /** Notifications of the server: `item/completed`. */
  readonly notifications: Map<string, MessageDigest>;
  /** Requests of the server: `item/tool/call`. */
  readonly serverRequests: Map<string, MessageDigest>;
  readonly types: Map<string, TypeDigest>;
}

export function emptyShape(): Shape {
  return { alternatives: new Map(), fields: new Map(), variants: new Map() };
}
