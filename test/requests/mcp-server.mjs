// A small MCP server over stdio. `danger` changes something, so Codex asks before it runs it; `ask` only reads, and
// asks its user a form while it runs; `peek` says that it only reads, and nobody is asked about it. Dependency-free, because
// it must start fast and in every checkout.
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const text = (words) => ({ content: [{ type: "text", text: words }] });
const open = new Map();
let lastId = 0;

const file = { type: "object", properties: { file: { type: "string" } }, required: ["file"] };
const tools = [
  { name: "danger", description: "writes a file", inputSchema: file, annotations: { readOnlyHint: false } },
  { name: "ask", description: "asks the user", inputSchema: file, annotations: { readOnlyHint: true } },
  { name: "peek", description: "looks around", inputSchema: file, annotations: { readOnlyHint: true } },
];

function elicit(params) {
  lastId += 1;
  const id = `ask-${lastId}`;
  send({ id, method: "elicitation/create", params });
  return new Promise((resolve) => open.set(id, resolve));
}

async function call({ name, arguments: args }) {
  if (name === "danger") {
    // "x": a second run is an error, so that a call that ran twice cannot look like one that ran once.
    writeFileSync(args.file, "danger", { flag: "wx" });
    return text("danger done");
  }
  if (name === "peek") {
    // Something has to tell that it ran.
    writeFileSync(args.file, "peek");
    return text("peek done");
  }
  const requestedSchema = { type: "object", properties: { colour: { type: "string", title: "Colour" } } };
  requestedSchema.required = ["colour"];
  const answer = await elicit({ message: "Which colour?", requestedSchema });
  return text(`the form: ${JSON.stringify(answer)}`);
}

const methods = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "demo", version: "1" },
  }),
  "tools/list": () => ({ tools }),
  "tools/call": call,
  ping: () => ({}),
};

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === "") continue;
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === undefined) {
    open.get(id)?.(error ? { error: error.message } : result);
    open.delete(id);
  } else if (id !== undefined) {
    // Not awaited: a form waits for a person, and other calls must not wait with it.
    Promise.resolve(params)
      .then(methods[method] ?? (() => Promise.reject(new Error(`no ${method}`))))
      .then((done) => send({ id, result: done }))
      .catch((thrown) => send({ id, error: { code: -32000, message: String(thrown) } }));
  }
}
