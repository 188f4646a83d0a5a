import { defaultClocks } from "../../clocks.ts";
import vocabulary from "./vocabulary.json" with { type: "json" };

/*
 * What may stay of a message: the protocol's own words. `vocabulary.json` has them from the schemas of all releases
 * (`npm run recording:vocabulary`): names of methods and fields, and per field the values that are written into the
 * schema. A string stays only if it is one of those, or is named here with its reason.
 */

const methods = new Set(vocabulary.methods);
const names = new Set(vocabulary.names);
/** Envelopes, and what the bridge itself writes into a recording (`HostEvent`). */
const ownNames = new Set([
  ...["jsonrpc", "id", "method", "params", "result", "error", "code", "message", "data"],
  ...["session", "prompt", "settings", "clocks", "reason", "text", "outcome", "threadId", "turnId"],
  ...[
    "agentId",
    "predecessorId",
    "approvalsReviewer",
    "excludeTools",
    "timeoutMs",
    "silentToken",
    "nativeExecution",
    "lenientTools",
    "images",
    "tools",
    "toSessionId",
    "keepHistory",
  ],
  // Of the configuration that goes with a thread, what the bridge itself puts there.
  ...["web_search", "include_apply_patch_tool", "view_image", "features", "shell_tool", "unified_exec"],
  ...["apply_patch_freeform", "js_repl", "multi_agent", "apps", "plugins", "image_generation"],
  ...["goals", "memories", "hooks", "notify"],
  ...["project_doc_max_bytes", "include_environment_context", "skills.include_instructions"],
  ...Object.keys(defaultClocks),
]);
const literals = new Map(Object.entries(vocabulary.literals).map(([field, values]) => [field, new Set(values)]));

/** What a message of a release to come may be called. */
export function looksLikeMethod(value: string): boolean {
  return /^[A-Za-z]{1,40}(?:\/[A-Za-z_]{1,40}){1,4}$/.test(value);
}

export function isKnownMethod(value: string): boolean {
  return methods.has(value);
}

export function isFieldName(name: string): boolean {
  return names.has(name) || ownNames.has(name);
}

const publicModel =
  /^(?:gpt|codex|o)-?(?:\d[\d.]{0,4}o?|oss|codex|mini|nano|pro|max|turbo|spark|preview|latest|-|\d{1,3}b){1,9}$/;
const plainVersion = /^\d+\.\d+\.\d+(?:-(?:alpha|beta|rc|dev)[.\d]*)?$/;

/** Strings the schema leaves open and that are no person's: what they look like decides. */
const safe = new Map<string, RegExp>(
  Object.entries({
    version: plainVersion,
    cliVersion: plainVersion,
    platformFamily: /^(?:unix|windows)$/,
    platformOs: /^(?:linux|macos|windows)$/,
    // Published models and the providers everybody has; others may be somebody's own.
    model: publicModel,
    fromModel: publicModel,
    toModel: publicModel,
    modelProvider: /^(?:openai|scripted)$/,
    name: /^codex-bridge$/,
    nativeExecution: /^off$/,
    title: /^codex-bridge$/,
    serviceTier: /^(?:auto|default|flex|priority|fast)$/,
  }),
);

/** Whether a value may stay in this field. */
export function isSafe(field: string, value: string): boolean {
  return value === "" || literals.get(field)?.has(value) === true || safe.get(field)?.test(value) === true;
}

/** What the bridge itself says of how its runtime was chosen, and of its executable; anything else may be an operator's. */
const runtimeFacts = new Map<string, RegExp>(
  Object.entries({
    selection: /^(?:pinned to codex(?:-bridge)?|first harness that supports provider openai)$/,
    harness: /^codex(?:-bridge)?$/,
    binary: /^(?:managed|explicit|path|remote)$/,
    sha256: /^[0-9a-f]{64}$/,
    version: plainVersion,
  }),
);

export function isRuntimeFact(field: string, value: string): boolean {
  return value === "" || runtimeFacts.get(field)?.test(value) === true;
}

export type StringKind = "secret" | "userAgent" | "id" | "name" | "path" | "command" | "method" | "text";

const kinds: readonly (readonly [StringKind, RegExp])[] = [
  // Credentials by the name of their field, whatever they look like and whatever mode.
  ["secret", /(?:api_?key|token|secret|passw(?:or)?d|authorization|credential)$/i],
  ["method", /^(?:method|optOutNotificationMethods)$/],
  ["userAgent", /^userAgent$/],
  ["id", /^(?:ids?|sha|session|cursor|nextCursor|backwardsCursor)$|I[dD]s?$|_ids?$/],
  [
    "path",
    /^(?:originUrl|path|paths|cwd|cwds|file|files|roots?|grantRoot|codexHome|read|write)$|(?:Path|Paths|Dir|Root|Roots|Home|Cwd)$|_(?:path|dir|root)s?$/,
  ],
  [
    "name",
    /^(?:name|tool|tools|namespace|server|serverName|tool_name|model|modelProvider|fromModel|toModel|required)$/,
  ],
  ["command", /^command$/],
];

/** Looked up once per field of the protocol; other fields may be as many as somebody's data has. */
const kindOfName = new Map([...names, ...ownNames].map((name) => [name, kindByPattern(name)]));

/** What a string is, by the field it stands in. */
export function kindOf(field: string): StringKind {
  return kindOfName.get(field) ?? kindByPattern(field);
}

function kindByPattern(field: string): StringKind {
  return kinds.find(([, pattern]) => pattern.test(field))?.[0] ?? "text";
}

/** What is below these is nobody's schema but the tool's or the user's. */
const opaque =
  /^(?:arguments|config|structuredContent|_?meta|tool_params|env|headers|input_?[sS]chema|output_?[sS]chema|requestedSchema)$/;

export function isOpaque(field: string): boolean {
  return opaque.test(field);
}

/**
 * In data that is no message, only the words of JSON Schema stay (a server checks the schemas of tools), and those the
 * bridge itself puts into a thread's configuration and a turn's context.
 */
const wordsInData: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["type", new Set(["object", "array", "string", "number", "integer", "boolean", "null"])],
  ["web_search", new Set(["disabled"])],
  ["kind", new Set(["application", "untrusted"])],
]);

export function isSafeInData(field: string, value: string): boolean {
  return value === "" || wordsInData.get(field)?.has(value) === true;
}

const schemaWords = new Set(
  "type properties required items enum description additionalProperties anyOf oneOf allOf minimum maximum minLength maxLength format default".split(
    " ",
  ),
);

export function isSchemaWord(name: string): boolean {
  return schemaWords.has(name);
}
