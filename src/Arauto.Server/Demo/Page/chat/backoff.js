const FIRST_CEILING = 1_000;
const LAST_CEILING = 30_000;

/** How long to wait before connecting again, in milliseconds: exponential, and not before the server wants it. */
export class Backoff {
  #failures = 0;
  #notBefore = 0;

  /** Full jitter: anywhere between nothing and the ceiling, so that a crowd does not come back as one. */
  next() {
    const ceiling = Math.min(LAST_CEILING, FIRST_CEILING * 2 ** this.#failures++);
    const floor = Math.max(0, this.#notBefore - Date.now());
    return floor + Math.random() * ceiling;
  }

  /** The server asked to wait: `move`, `retry_after`. */
  notWithin(seconds = 0) {
    this.#notBefore = Math.max(this.#notBefore, Date.now() + seconds * 1_000);
  }

  reset() {
    this.#failures = 0;
  }
}
