import type { ClientOptions } from "./types.js";

const MARGIN = 60_000;
const LEAST = 5_000;
/** Longer waits than 2^31 - 1 ms fire at once. */
const LONGEST = 2 ** 31 - 1;

/** When the token ends (`exp`, RFC 7519 section 4.1.4), in milliseconds from now; nothing if it does not say. */
function lifeOf(token: string) {
  try {
    return JSON.parse(atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).exp * 1_000 - Date.now();
  } catch {
    return NaN;
  }
}

/** The token in use, fetched when needed and renewed before it ends. */
export class TokenSource {
  _value = "";
  private _isRenewed = false;
  private _isOver = false;
  private _timer?: ReturnType<typeof setTimeout>;

  /** @param _renewed is told of each token that replaces another in time */
  constructor(private readonly _from: ClientOptions["token"], private readonly _renewed: () => void) {}

  /** Has a token ready. @throws what the application's function throws */
  async _ready() {
    if (!this._value) await this._fetch();
  }

  /** The server took it. */
  _accepted() {
    this._isRenewed = false;
  }

  /** The server did not take it. @returns whether there may be another one, which is asked for once */
  _refused() {
    if (typeof this._from !== "function" || this._isRenewed) return false;
    this._value = "";
    return (this._isRenewed = true);
  }

  /** Asks for no more. */
  _close() {
    this._isOver = true;
    clearTimeout(this._timer);
  }

  private async _fetch() {
    this._value = typeof this._from === "function" ? await this._from() : this._from;
    this._plan();
  }

  private _plan() {
    clearTimeout(this._timer);
    const life = lifeOf(this._value);
    if (this._isOver || typeof this._from !== "function" || !(life < Infinity)) return;
    // A minute before the end, or at four fifths of a short life. The floor spares the server a client whose clock is wrong.
    this._timer = setTimeout(() => this._renew(), Math.min(Math.max(life - Math.min(MARGIN, life / 5), LEAST), LONGEST));
  }

  private async _renew() {
    try {
      await this._fetch();
      this._renewed();
    } catch {
      // The old one still holds; when it ends the server says so, and the next connection asks again.
      this._plan();
    }
  }
}
