/** Who has to answer a server request: a person, a tool of the host, or the bridge itself. */
export type RequestKind = "person" | "tool" | "bridge";

const kinds: Readonly<Record<string, RequestKind>> = {
  "item/tool/call": "tool",
  "item/commandExecution/requestApproval": "person",
  "item/fileChange/requestApproval": "person",
  "item/permissions/requestApproval": "person",
  "item/tool/requestUserInput": "person",
  "mcpServer/elicitation/request": "person",
  applyPatchApproval: "person",
  execCommandApproval: "person",
};

/** The kind of a request; one that nobody knows is answered by the bridge. */
export function requestKind(method: string): RequestKind {
  return Object.hasOwn(kinds, method) ? kinds[method]! : "bridge";
}
