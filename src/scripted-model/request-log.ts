import type { ModelRequest } from "./request.ts";

const KEPT_REQUESTS = 1000;
const KEPT_BODIES = 200;
/** Bodies carry whole histories: a count alone would not bound the memory of a long run. */
const KEPT_BODY_BYTES = 256 * 1024 * 1024;

type Entry = { -readonly [Key in keyof ModelRequest]: ModelRequest[Key] };

/** The latest requests, oldest first; the older ones without their bodies. */
export class RequestLog {
  readonly #requests: Entry[] = [];
  /** The newest entries that still have their bodies: a suffix of `#requests`. */
  readonly #withBody: Entry[] = [];
  #bodyBytes = 0;

  get requests(): readonly ModelRequest[] {
    return this.#requests;
  }

  add(request: Entry): void {
    this.#requests.push(request);
    this.#withBody.push(request);
    this.#bodyBytes += request.bytes;
    if (this.#requests.length > KEPT_REQUESTS) this.#requests.shift();
    while (this.#withBody.length > KEPT_BODIES || (this.#bodyBytes > KEPT_BODY_BYTES && this.#withBody.length > 1)) {
      const old = this.#withBody.shift()!;
      this.#bodyBytes -= old.bytes;
      old.body = {};
      old.toolOutputs = [];
    }
  }
}
