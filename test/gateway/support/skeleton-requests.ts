import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createParser } from "eventsource-parser";
import type { CodexTemplate } from "../../../scripts/harness-capture/codex-request.ts";
import { codexRequestFile, type Skeleton } from "../../../scripts/harness-capture/files.ts";
import { answersFor, files, plays, prompt } from "../../../scripts/harness-capture/play.ts";
import { type RequestSkeleton, skeletonOf } from "../../../scripts/harness-capture/skeleton.ts";
import { type Item, openDirect, output, type ResponsesEvent, ran } from "./direct.ts";

/* The requests of a harness in the play that the CLIs were captured in. */

const threadId = "019a0000-0000-7000-8000-000000000001";
/** More than any harness needs: a command takes several of Codex's requests. */
const mostRequests = 30;

/**
 * Plays the first requests of Codex, as they were recorded, to the real gateway. What a Codex would run is run here, in
 * the play's project, by a shell.
 */
export async function ourRequests({ harness, wire, model }: Skeleton): Promise<RequestSkeleton[]> {
  let work = "";
  const direct = await openDirect(
    `skeleton-${harness}`,
    ({ index }) => answersFor(plays[harness]!, path.join(work, "notes.txt"))[index] ?? { say: "more than was asked" },
    { wire, harness },
  );
  try {
    work = path.join(direct.folder, "work");
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
      writeFileSync(path.join(work, name), text);
    }
    const access = (await direct.gateway.access({ session: "s", model, cwd: work }))!;
    const { "codex-bridge": provider } = access.config.model_providers as Record<string, Record<string, string>>;
    await play(`${provider!.base_url}/responses`, `${provider!.experimental_bearer_token}`, access.model, work);
    return skeletonOf(direct.upstream.requests.slice(0, 3).map((request) => ({ method: "POST", ...request })));
  } finally {
    await direct.close();
  }
}

/** The same, as far as facts can state it: no headers, and of a tool's parameters the names, `!` where they are required. */
export async function ourRequestsAsFacts(skeleton: Skeleton): Promise<Partial<RequestSkeleton>[]> {
  const requests = await ourRequests(skeleton);
  return requests.map(({ method, path: asked, body }) => {
    const { tools } = body;
    const named = Array.isArray(tools) ? { tools: tools.map(withFieldNames) } : {};
    return { method, path: asked, body: { ...body, ...named } };
  });
}

function withFieldNames(tool: { function: { parameters: { properties?: object; required?: readonly string[] } } }) {
  const { properties = {}, required = [] } = tool.function.parameters;
  const fields = Object.keys(properties).map((name) => (required.includes(name) ? `${name}!` : name));
  return { ...tool, function: { ...tool.function, parameters: { fields } } };
}

async function play(url: string, token: string, model: string, work: string): Promise<void> {
  const { headers, body } = template(work);
  const input = [...body.input];
  for (let count = 0; count < mostRequests; count += 1) {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "x-codex-turn-metadata": JSON.stringify({ turn_id: "t1", thread_id: threadId }),
      },
      body: JSON.stringify({ ...body, model, input }),
    });
    const items = await itemsOf(response);
    const calls = items.filter(({ call_id }) => call_id !== undefined);
    if (calls.length === 0) return;
    input.push(...items, ...calls.map((call) => output(call.call_id!, executed(call, work))));
  }
  throw new Error(`no end after ${mostRequests} requests`);
}

/** The recorded request for this folder. */
function template(work: string): CodexTemplate {
  const told = { "{cwd}": work, "{prompt}": prompt };
  const text = readFileSync(codexRequestFile, "utf8").replace(/\{cwd\}|\{prompt\}/g, (mark) => told[mark as "{cwd}"]);
  return JSON.parse(text) as CodexTemplate;
}

async function itemsOf(response: Response): Promise<Item[]> {
  const items: Item[] = [];
  const sse = createParser({
    onEvent: ({ data }) => {
      const { type, item, response: told } = JSON.parse(data) as ResponsesEvent;
      if (type === "response.failed") throw new Error(told?.error?.message);
      if (type === "response.output_item.done" && item) items.push(item);
    },
  });
  sse.feed(await response.text());
  return items;
}

function executed({ name, arguments: text = "{}" }: Item, work: string): string {
  const { cmd, workdir = work } = JSON.parse(text) as { cmd?: string; workdir?: string };
  if (name !== "exec_command" || cmd === undefined) throw new Error(`the play needs no ${name}`);
  const { status, stdout, stderr } = spawnSync("bash", ["-c", cmd], { cwd: workdir, encoding: "utf8" });
  return ran(`${stdout}${stderr}`, status ?? 1);
}
