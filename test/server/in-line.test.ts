import { setImmediate as immediately } from "node:timers/promises";
import { expect, it } from "vitest";
import type { AppServer } from "../../src/server/app-server.ts";
import { inLine, type Lines } from "../../src/server/in-line.ts";

it("asks one after the other on each server, and not what nobody wants to know any more", async () => {
  const lines: Lines = new WeakMap();
  const [busy, other] = [{} as AppServer, {} as AppServer];
  const asked: string[] = [];
  const answers = new Map<string, PromiseWithResolvers<string>>();
  const ask = (server: AppServer, name: string, isWanted = () => true) =>
    inLine(lines, server, isWanted, () => {
      asked.push(name);
      const answer = Promise.withResolvers<string>();
      answers.set(name, answer);
      return answer.promise;
    });
  const first = ask(busy, "first");
  let isWanted = true;
  const second = ask(busy, "second", () => isWanted);
  const third = ask(busy, "third");
  void ask(other, "elsewhere");
  await immediately();
  expect(asked).toEqual(["first", "elsewhere"]);
  isWanted = false;
  answers.get("first")!.reject(new Error("no answer"));
  await expect(first).rejects.toThrow("no answer");
  expect(await second).toBeUndefined();
  await immediately();
  expect(asked).toEqual(["first", "elsewhere", "third"]);
  answers.get("third")!.resolve("told");
  expect(await third).toBe("told");
});
