import { expect, it } from "vitest";
import { askPatiently } from "../../src/server/overload.ts";
import { RpcError } from "../../src/wire/errors.ts";

const busy = (): never => {
  throw new RpcError("turn/start", -32001, "Server overloaded; retry later.");
};

it("asks a server that is overloaded again, until it has time", async () => {
  let asked = 0;
  const ask = async (): Promise<string> => {
    asked += 1;
    return asked < 4 ? busy() : "answer";
  };
  await expect(askPatiently("turn/start", ask, () => true)).resolves.toBe("answer");
  expect(asked).toBe(4);
});

it("says so when there is nobody left to wait, and passes every other refusal on at once", async () => {
  let asked = 0;
  const ask = async (): Promise<never> => {
    asked += 1;
    return busy();
  };
  await expect(askPatiently("turn/start", ask, () => false)).rejects.toMatchObject({
    code: "server_overloaded",
    facts: { method: "turn/start", tries: 1 },
  });
  const refused = new RpcError("turn/start", -32600, "no");
  await expect(
    askPatiently(
      "turn/start",
      () => Promise.reject(refused),
      () => true,
    ),
  ).rejects.toBe(refused);
  expect(asked).toBe(1);
});
