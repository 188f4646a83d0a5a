import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ScriptFile } from "../../src/scripted-model/script.ts";

const source = `export function dayOf(forecast, offset) {
  const day = new Date(forecast.issuedAt);
  day.setDate(day.getDate() + offset);
  return day.toISOString().slice(0, 10);
}
`;

const script: ScriptFile = {
  turns: [
    {
      steps: [
        [
          { think: "The date is made in local time and printed in UTC: west of Greenwich that is another day." },
          { say: "Let me look at how the day is made.", phase: "commentary" },
          { shell: "cat forecast.js" },
        ],
        [
          {
            patch: `*** Begin Patch
*** Update File: forecast.js
@@
   const day = new Date(forecast.issuedAt);
-  day.setDate(day.getDate() + offset);
+  day.setUTCDate(day.getUTCDate() + offset);
   return day.toISOString().slice(0, 10);
*** Add File: forecast.test.js
+import assert from "node:assert/strict";
+import { test } from "node:test";
+import { dayOf } from "./forecast.js";
+
+test("the day does not depend on where one is", () => {
+  assert.equal(dayOf({ issuedAt: "2026-03-01T23:30:00Z" }, 1), "2026-03-02");
+});
*** End Patch`,
          },
        ],
        [
          {
            say: "The day was made in **local time** and printed in UTC. I changed `dayOf`:\n\n1. it adds days in UTC,\n2. a test holds it to that.\n\nMay I run the test with the network on? It loads the newest forecast.",
            phase: "commentary",
          },
          { shell: "node --test forecast.test.js", escalate: "The test loads the newest forecast." },
        ],
        [{ say: "Done.", phase: "final_answer" }],
      ],
    },
  ],
};

/** What the pictures are of: a small project, and a model that has something to do there. */
export function buildScene(folder: string): { project: string; script: string } {
  const project = path.join(folder, "weather");
  mkdirSync(project, { recursive: true });
  writeFileSync(path.join(project, "forecast.js"), source);
  writeFileSync(path.join(project, "package.json"), '{ "type": "module" }\n');
  const file = path.join(folder, "script.json");
  writeFileSync(file, JSON.stringify(script));
  return { project, script: file };
}
