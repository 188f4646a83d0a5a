import { createHmac } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { BridgeError } from "../../errors.ts";
import type { EndpointAuth, SecretSource } from "./endpoint.ts";

/** How long a signed token is good for: it is looked at once, when the connection is made. */
const signedForSeconds = 60;

/**
 * What goes behind `Authorization: Bearer`, read anew for every connection: a token that was changed needs no restart.
 * @throws BridgeError `endpoint_secret_missing` | `endpoint_secret_exposed` | `endpoint_secret_unusable`; none holds it
 */
export async function bearerOf(auth: EndpointAuth): Promise<string> {
  const secret = await read(auth);
  if (auth.type === "signed-bearer-token") return signed(secret, auth);
  // Anything else cannot stand in a header, and an error of the HTTP client would show it.
  if (!/^[\x21-\x7e]+$/.test(secret)) {
    throw new BridgeError("endpoint_secret_unusable", "The token has characters that a header cannot hold.", {
      remedy: "Use letters, digits and - . _ ~ + / = only.",
    });
  }
  return secret;
}

async function read({ file, env, secret }: SecretSource): Promise<string> {
  const given = [file, env, secret].filter((source) => source !== undefined);
  if (given.length !== 1) {
    throw missing("The endpoint's secret has to come from exactly one place.", "Give file, env or secret.");
  }
  const found = file !== undefined ? await readSecretFile(file) : env !== undefined ? process.env[env] : secret;
  const trimmed = found?.trim();
  if (trimmed) return trimmed;
  const where = file !== undefined ? `The file ${file}` : env !== undefined ? `The variable ${env}` : "The secret";
  throw missing(`${where} is empty or not set.`, "Put there what the server was started with.");
}

async function readSecretFile(file: string): Promise<string> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new BridgeError("endpoint_secret_exposed", `Others can read or change ${file}.`, {
        remedy: `Run chmod 600 ${file}, and change the secret if others may have seen it.`,
        facts: { mode: (mode & 0o777).toString(8) },
      });
    }
    return await readFile(file, "utf8");
  } catch (thrown) {
    if (thrown instanceof BridgeError) throw thrown;
    const { code } = thrown as NodeJS.ErrnoException;
    throw missing(`The file ${file} cannot be read (${code ?? "unknown reason"}).`, "Give the path of the token file.");
  }
}

/** A JSON Web Token with HS256, which is what Codex takes. It demands `exp`, and issuer and audience where it has them. */
function signed(secret: string, { issuer, audience }: { issuer?: string; audience?: string }): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    ...(issuer === undefined ? {} : { iss: issuer }),
    ...(audience === undefined ? {} : { aud: audience }),
    iat: now,
    exp: now + signedForSeconds,
  };
  const body = [{ alg: "HS256", typ: "JWT" }, claims].map((part) => base64url(JSON.stringify(part))).join(".");
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}

function missing(message: string, remedy: string): BridgeError {
  return new BridgeError("endpoint_secret_missing", message, { remedy });
}
