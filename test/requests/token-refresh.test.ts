import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ChatgptTokens, TokenRefresh } from "../../src/requests/token-refresh.ts";
import type { IncomingRequest } from "../../src/wire/connection.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const tokens: ChatgptTokens = { accessToken: "fresh", chatgptAccountId: "acc", chatgptPlanType: null };

function request() {
  const answers: unknown[] = [];
  const asked = {
    id: 1,
    method: "account/chatgptAuthTokens/refresh",
    params: {},
    respond: (result: unknown) => answers.push(result) > 0,
    reject: (error: unknown) => answers.push({ error }) > 0,
    answered: false,
  } satisfies IncomingRequest;
  return { asked, answers };
}

/** Asks once; what was answered, when everything that can happen has happened. */
async function answered(refresh: TokenRefresh): Promise<unknown[]> {
  const { asked, answers } = request();
  await Promise.all([refresh.answer(asked), vi.advanceTimersByTimeAsync(9000)]);
  return answers;
}

describe("a token refresh", () => {
  it("answers with the three fields the server takes, and nothing else", async () => {
    const refresh = new TokenRefresh(async () => ({ ...tokens, refreshToken: "never to leave" }));
    expect(await answered(refresh)).toEqual([tokens]);
  });

  it("asks the host once for all who wait, and again for those who come later", async () => {
    const gate = Promise.withResolvers<ChatgptTokens>();
    const host = vi.fn(() => gate.promise);
    const refresh = new TokenRefresh(host);
    const both = [answered(refresh), answered(refresh)];
    gate.resolve(tokens);
    expect(await Promise.all(both)).toEqual([[tokens], [tokens]]);
    expect(host).toHaveBeenCalledTimes(1);
    await answered(refresh);
    expect(host).toHaveBeenCalledTimes(2);
  });

  it("is refused after nine seconds, before Codex gives up by itself", async () => {
    const gate = Promise.withResolvers<ChatgptTokens>();
    const refresh = new TokenRefresh(() => gate.promise);
    const { asked, answers } = request();
    const done = refresh.answer(asked);
    await vi.advanceTimersByTimeAsync(8999);
    expect(answers).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await done;
    expect(answers).toEqual([{ error: { code: -32000, message: expect.stringContaining("in time") } }]);
    // A late answer is nobody's.
    gate.resolve(tokens);
    await vi.runAllTimersAsync();
    expect(answers).toHaveLength(1);
  });

  it("does not wait for ever on a host that never answers: a later one is asked anew", async () => {
    let hang = true;
    const host = vi.fn(() => (hang ? new Promise<ChatgptTokens>(() => undefined) : Promise.resolve(tokens)));
    const refresh = new TokenRefresh(host);
    await answered(refresh);
    hang = false;
    expect(await answered(refresh)).toEqual([tokens]);
    expect(host).toHaveBeenCalledTimes(2);
  });

  it("rests for a minute after two failures in a row", async () => {
    const host = vi.fn(() => Promise.reject(new Error("no")));
    const refresh = new TokenRefresh(host);
    for (let n = 0; n < 5; n += 1) await refresh.answer(request().asked);
    expect(host).toHaveBeenCalledTimes(2);
    const { asked, answers } = request();
    await refresh.answer(asked);
    expect(answers).toEqual([{ error: { code: -32000, message: expect.stringContaining("lately") } }]);
    await vi.advanceTimersByTimeAsync(59_999);
    await refresh.answer(request().asked);
    expect(host).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1);
    await refresh.answer(request().asked);
    expect(host).toHaveBeenCalledTimes(3);
  });

  it("forgets a failure once it worked", async () => {
    const outcomes = [false, true, false, true];
    const host = vi.fn(async () => {
      if (!outcomes.shift()) throw new Error("no");
      return tokens;
    });
    const refresh = new TokenRefresh(host);
    for (let n = 0; n < 4; n += 1) await refresh.answer(request().asked);
    expect(host).toHaveBeenCalledTimes(4);
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("bad token sk-secret"))],
    [
      "throws at once",
      (): Promise<ChatgptTokens> => {
        throw new Error("bad token sk-secret");
      },
    ],
  ])("passes none of the host's words on when it %s", async (_how, host) => {
    const answers = await answered(new TokenRefresh(host));
    expect(answers).toEqual([{ error: { code: -32000, message: expect.any(String) } }]);
    expect(JSON.stringify(answers)).not.toContain("sk-secret");
  });
});
