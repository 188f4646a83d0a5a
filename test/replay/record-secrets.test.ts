import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostTurnResult } from "../../src/host/embedded-host.ts";
import { readRecording } from "../../src/replay/format/read.ts";
import { recordTo } from "../../src/replay/record/recorder.ts";
import { several } from "../../src/replay/record/several.ts";
import type { RecordingOutcome } from "../../src/replay/record/writer.ts";
import { openTestHost } from "../harness/fixture.ts";
import { testFolder } from "../support/home.ts";

/** Written apart, so that nobody takes this file for a leak. */
const planted = {
  prompt: `sk-${"proj-Q7xJ2mZ9vT4bL8nR"}`,
  tool: `ghp_${"a8Kd72LmQp04XzYtW6Rs"}`,
  shell: `eyJ${"hbGciOiJIUzI1NiJ9"}.${"eyJzdWIiOiJhbm4ifQ"}.${"c2lnbmF0dXJlLW9mLWFubg"}`,
  diff: `AKIA${"3J9XQ27PLMTR5VWZ"}`,
  error: `glpat-${"Xy7Zq2Lw9Kp4Vb8N"}`,
  environment: `env-${"9f2c7be1d4a85603"}`,
  mail: `ann.example${"@"}mail-of-ann.org`,
  answer: `rk-${"9Zx8Yw7Vu6Ts5Rq4Po3N"}`,
};
/** What nobody would call a secret and what is still a person's. */
const words = ["Rumpelstilzchen", "Käsekuchen", "quarterly-layoffs"];

const folder = testFolder("record-secrets");
const at = (mode: string) => path.join(folder.path, mode);
const outcomes = {} as Record<"blank" | "keep" | "off", RecordingOutcome>;
const results: HostTurnResult[] = [];

beforeAll(async () => {
  process.env.PLANTED_SECRET = planted.environment;
  const modes = ["blank", "keep", "off"] as const;
  const recordings = modes.map((mode) => recordTo({ dir: at(mode), mode }));
  const test = await openTestHost("record-secrets", {
    recorder: several(...recordings),
    // Under the name of a secret no command would see it.
    env: { PLANTED_SETTING: planted.environment },
  });
  test.reply = ({ step, lastUserText }) => {
    if (lastUserText.startsWith("fail")) {
      return {
        status: 400,
        body: { error: { message: `no such customer: ${planted.error}`, code: "invalid_request" } },
      };
    }
    const steps = [
      [{ think: `I must not tell ${words[1]}.` }, { call: "vault", args: { customer: words[0] } }],
      [{ shell: `echo ${planted.shell} for ${words[2]}` }, { shell: "printenv PLANTED_SETTING" }],
      [
        {
          patch: `*** Begin Patch\n*** Add File: ${words[2]}.txt\n+key = ${planted.diff}\n+mail = ${planted.mail}\n*** End Patch`,
        },
      ],
      // Whole in one delta: a key in pieces is another test.
      [{ say: `Use ${planted.answer}, ${words[0]}.`, phase: "final_answer", chunkChars: 500 }],
    ] as const;
    return steps[step] ?? [];
  };
  const vault = {
    name: "vault",
    description: "Knows keys.",
    inputSchema: { type: "object", properties: { customer: { type: "string" } }, required: ["customer"] },
    execute: () => `The key is ${planted.tool}`,
  };
  results.push(await test.turn("s", `My key is ${planted.prompt}, ${words[0]}`, { tools: [vault] }));
  results.push(await test.turn("s", "fail", { tools: [vault] }));
  await test.close();
  for (const [index, mode] of modes.entries()) outcomes[mode] = await recordings[index]!.finish();
});
afterAll(() => {
  delete process.env.PLANTED_SECRET;
  folder.remove();
});

function everything(dir: string): string {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((entry) => `${entry.name}\n${readFileSync(path.join(entry.parentPath, entry.name), "utf8")}`)
    .join("\n");
}

describe("a run in which secrets were everywhere", () => {
  it("had them everywhere", () => {
    const transcript = JSON.stringify(results.map(({ entries }) => entries));
    // What the model server was refused with is an error, and those lose theirs at once.
    const { error, ...said } = planted;
    for (const secret of Object.values(said)) expect(transcript).toContain(secret);
    expect(transcript).not.toContain(error);
    expect(results.map(({ ok }) => ok)).toEqual([true, false]);
  });

  it("is recorded without any of them, and without anybody's words", async () => {
    expect(outcomes.blank).toMatchObject({ saved: true });
    const saved = everything(at("blank"));
    for (const secret of [...Object.values(planted), ...words, "printenv", folder.path])
      expect(saved).not.toContain(secret);
    const { lines } = await readRecording(at("blank"));
    // It is still the same conversation: what was said is as long as it was.
    const said = `Use ${planted.answer}, ${words[0]}.`;
    const items = lines.flatMap(({ message }) => {
      const { method, params } = message as { method?: string; params?: { item?: { type: string; text: string } } };
      return method === "item/completed" && params?.item?.type === "agentMessage" ? [params.item.text] : [];
    });
    expect(items).toEqual([said.replace(/[a-z]/g, "x").replace(/[A-Z]/g, "X").replace(/\d/g, "0")]);
  });

  it("may keep its texts, and loses the secrets all the same", async () => {
    expect(outcomes.keep).toMatchObject({ saved: true });
    const saved = everything(at("keep"));
    for (const word of words) expect(saved).toContain(word);
    for (const secret of Object.values(planted)) expect(saved).not.toContain(secret);
    expect(saved).not.toContain(folder.path);
  });

  it("is not saved with its secrets, and nothing of it stays", () => {
    const { off } = outcomes;
    expect(off).toMatchObject({ saved: false, error: { code: "recording_has_secrets" } });
    const text = off.saved ? "" : JSON.stringify([off.error.message, off.error.remedy, off.error.facts]);
    expect(text).toMatch(/wire\.jsonl:\d+ (?:API key|JWT|e-mail address|known secret)/);
    for (const secret of Object.values(planted)) expect(text).not.toContain(secret);
    expect(readdirSync(folder.path).sort()).toEqual(["blank", "keep"]);
    expect(existsSync(`${at("off")}.partial`)).toBe(false);
  });
});
