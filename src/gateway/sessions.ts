import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Harness } from "./harness/types.ts";
import type { Provider } from "./upstream/provider.ts";

/** What the gateway knows of a session: how its requests are served. It keeps nothing of the conversation. */
export interface GatewaySession {
  readonly provider: Provider;
  /** Absent: requests go to the provider as Codex made them. */
  readonly harness?: Harness;
  readonly cwd: string;
  readonly effort?: string;
  readonly guidance: boolean;
  readonly strict: boolean;
}

/** Sessions by the token that Codex shows for them. Tokens live as long as the process, unless they are forgotten. */
export class Sessions {
  readonly #byKey = new Map<string, { token: string; session: GatewaySession }>();
  readonly #byDigest = new Map<string, { token: string; key: string }>();

  /** Sets how a session is served from now on. Its token stays, so that nothing changes for its thread. */
  set(key: string, session: GatewaySession): string {
    const known = this.#byKey.get(key);
    const token = known?.token ?? randomBytes(32).toString("base64url");
    this.#byKey.set(key, { token, session });
    if (!known) this.#byDigest.set(digest(token), { token, key });
    return token;
  }

  /** Nothing is asked for this session any more. */
  forget(key: string): void {
    const known = this.#byKey.get(key);
    if (!known) return;
    this.#byKey.delete(key);
    this.#byDigest.delete(digest(known.token));
  }

  /** @param authorization the header as it came */
  find(authorization: string | undefined): GatewaySession | undefined {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
    const known = this.#byDigest.get(digest(token));
    if (!known) return undefined;
    const [found, wanted] = [Buffer.from(token), Buffer.from(known.token)];
    if (found.length !== wanted.length || !timingSafeEqual(found, wanted)) return undefined;
    return this.#byKey.get(known.key)?.session;
  }
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}
