import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";

const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

/** A request body that cannot be read; `status` is the HTTP status to answer. */
export class BodyRefused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const decoders: Record<string, (data: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
  // Codex compresses with zstd when the feature is on for a provider.
  zstd: promisify(zstdDecompress),
};

/** Reads and decompresses a request body of at most 64 MiB, before and after decompression. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  // A body that announces its size is refused before its sender has to send it all.
  if (Number(request.headers["content-length"] ?? 0) > BODY_LIMIT_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  const raw = Buffer.concat(chunks);
  const encoding = (request.headers["content-encoding"] ?? "identity").trim().toLowerCase();
  if (encoding === "identity") return raw;
  const decode = decoders[encoding];
  if (decode === undefined) throw new BodyRefused(415, `unsupported content-encoding: ${encoding.slice(0, 40)}`);
  try {
    return await decode(raw, { maxOutputLength: BODY_LIMIT_BYTES });
  } catch (error) {
    throw error instanceof RangeError ? tooLarge() : new BodyRefused(400, `body is not ${encoding}`);
  }
}

function tooLarge(): BodyRefused {
  return new BodyRefused(413, `request body exceeds ${BODY_LIMIT_BYTES} bytes`);
}
