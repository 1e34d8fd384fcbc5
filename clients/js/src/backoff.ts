const FIRST = 1_000;
const CAP = 30_000;

/**
 * Waits between tries: anywhere between nothing and a ceiling that doubles. The whole range is random ("full jitter"),
 * so that clients that lost a server together do not come back together.
 */
export class Backoff {
  private _tries = 0;

  /** The next wait in milliseconds. */
  _next() {
    return Math.random() * Math.min(FIRST * 2 ** this._tries++, CAP);
  }

  /** The next ceiling is the first again. */
  _reset() {
    this._tries = 0;
  }
}
