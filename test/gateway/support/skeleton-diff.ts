/* What two skeletons differ in, as paths. */

export interface Difference {
  /** Such as `requests/1/body/messages/4/tool_calls/0/id`; elements of lists are named by what names them. */
  readonly at: string;
  /** `left out`: the CLI has it and we do not. `added`: we have it and the CLI does not. */
  readonly is: "left out" | "added" | "changed";
  readonly theirs?: unknown;
  readonly ours?: unknown;
}

/** Stands in a skeleton for what is not known. */
const any = "{any}";

type Keyed = ReadonlyMap<string, unknown>;

/** @param ordered whether the order of fields is known, too */
export function differences(theirs: unknown, ours: unknown, ordered: boolean, at = ""): Difference[] {
  if (theirs === any || theirs === ours) return [];
  const [left, right] = [keyed(theirs), keyed(ours)];
  if (!left || !right || Array.isArray(theirs) !== Array.isArray(ours)) return [{ at, is: "changed", theirs, ours }];
  const under = (key: string): string => (at === "" ? key : `${at}/${key}`);
  const common = [...left.keys()].filter((key) => right.has(key));
  const order = [...right.keys()].filter((key) => left.has(key));
  const moved = (ordered || Array.isArray(theirs)) && common.join("\n") !== order.join("\n");
  return [
    ...[...left].flatMap(([key, value]): Difference[] => {
      if (right.has(key)) return differences(value, right.get(key), ordered, under(key));
      return [{ at: under(key), is: "left out", theirs: value }];
    }),
    ...[...right].flatMap(([key, value]): Difference[] =>
      left.has(key) ? [] : [{ at: under(key), is: "added", ours: value }],
    ),
    ...(moved ? [{ at: under("(order)"), is: "changed" as const, theirs: common, ours: order }] : []),
  ];
}

/** Lists of words by the word, of tools by their names, others by position. */
function keyed(value: unknown): Keyed | undefined {
  if (value === null || typeof value !== "object") return undefined;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  return new Map(value.map((each, index) => [nameOf(each) ?? String(index), each]));
}

function nameOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object") return undefined;
  const { name, function: inner } = value as { name?: unknown; function?: { name?: unknown } };
  // A call of a tool is no tool: there may be two of one name.
  if ("id" in value) return undefined;
  const found = name ?? inner?.name;
  return typeof found === "string" ? found : undefined;
}
