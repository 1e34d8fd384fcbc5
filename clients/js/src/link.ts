import { type ArautoError, silent } from "./error.js";
import type { Command, Frame, Heartbeat } from "./protocol.js";
import type { Subscription } from "./subscription.js";
import type { ClientOptions, TransportName } from "./types.js";

/** What a link needs from the session, and tells it. */
export interface Host {
  readonly _options: Required<ClientOptions>;
  readonly _subscriptions: Map<string, Subscription>;
  readonly _token: string;
  /** An address of the server. */
  _url(path: string, query?: Record<string, unknown>): string;
  /** `previous` and `reconnect` of a link's first request. */
  _trail(): Record<string, unknown>;
  /** The first sign of life came: the transport works. */
  _opened(link: Link, hello?: Frame): void;
  /** A frame came, whatever the transport. */
  _frame(link: Link, frame: Frame): void;
  /** The server took a subscription. */
  _subscribed(subscription: Subscription): void;
  /** The server refused or ended a subscription. */
  _refused(subscription: Subscription, error: ArautoError): void;
  /** It is over, and why. Comes once, and not after `_close`. */
  _ended(link: Link, error: ArautoError, code?: number): void;
}

/** One connection over one transport, or one try to open it: speaks commands and frames. */
export abstract class Link {
  _isOver = false;
  protected _heartbeat!: Heartbeat;
  private _heardAt = 0;
  private _limit?: ReturnType<typeof setTimeout>;
  protected _beat?: ReturnType<typeof setTimeout>;

  constructor(protected readonly _host: Host, readonly _name: TransportName) {}

  /** Begins to open it. */
  abstract _start(): void;
  /** Sends a command; its answer comes as a frame. */
  abstract _send(command: Command): void;
  /** Finds out soon whether it still lives. */
  abstract _check(): void;
  /** Lets go of everything. */
  protected abstract _stop(): void;

  /** Ends it without a word. */
  _close() {
    this._isOver = true;
    clearTimeout(this._limit);
    clearTimeout(this._beat);
    this._stop();
  }

  /** Ends it and tells the session; the first reason counts. */
  _end(error: ArautoError, code?: number) {
    if (this._isOver) return;
    this._close();
    this._host._ended(this, error, code);
  }

  /** Something must come in time. */
  protected _expect() {
    clearTimeout(this._limit);
    this._limit = setTimeout(() => this._end(silent()), this._host._options.timeout);
  }

  /** Something came. */
  protected _heard() {
    clearTimeout(this._limit);
    this._heardAt = Date.now();
  }

  /** Looks after the silence: a ping after each interval, the end after the timeout. */
  protected _watch() {
    const { interval, timeout } = this._heartbeat;
    const silence = (Date.now() - this._heardAt) / 1_000;
    if (silence >= timeout) return this._end(silent());
    if (silence >= interval) this._ping();
    clearTimeout(this._beat);
    this._beat = setTimeout(() => this._watch(), Math.min(interval, timeout - silence) * 1_000);
  }

  /** Asks for a sign of life, where the transport can. */
  protected _ping() {}
}
