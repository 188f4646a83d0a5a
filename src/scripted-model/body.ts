import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, zstdDecompress } from "node:zlib";

export const BODY_LIMIT_BYTES = 64 * 1024 * 1024;

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
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) throw new BodyRefused(413, `request body exceeds ${BODY_LIMIT_BYTES} bytes`);
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
    const tooLarge = error instanceof RangeError;
    throw new BodyRefused(
      tooLarge ? 413 : 400,
      tooLarge ? "decompressed body is too large" : `body is not ${encoding}`,
    );
  }
}
