import { type ArautoError, isAboutToken, toArautoError, toError } from "./error.js";
import { ask, execute } from "./http.js";
import { Link } from "./link.js";
import type { Command, Frame } from "./protocol.js";
import type { Subscription } from "./subscription.js";

/**
 * What streaming and polling share: one request at a time asks for all channels, commands go over the HTTP API.
 * A request is replaced when the channels change, but never before the server has confirmed it: only then do the
 * others have a cursor that does not name a channel that left and comes back at another place.
 */
export abstract class HttpLink extends Link {
  /** Whether the request under way may be replaced. */
  protected _isConfirmed = false;
  /** The channels of the request under way, less those that were left since. */
  protected _asked: Subscription[] = [];
  /** All channels that the request under way names. */
  private _names: string[] = [];
  /** The places from which it asks. */
  private _since?: string;
  private _isReplaced = false;
  private _isStale = false;
  private _isOpen = false;
  private _trail?: Record<string, unknown>;
  private _request?: AbortController;
  private _lastCommand: Promise<unknown> = Promise.resolve();
  private _wake = () => {};

  _start() {
    this._trail = this._host._trail();
    this._run();
  }

  _send(command: Command) {
    const { type, channel } = command;
    if (type === "auth") return this._check();
    if (type === "unsubscribe") {
      // At once: should it begin again at another place, the answer under way is not about that place.
      this._asked = this._asked.filter((s) => s._name !== channel);
      this._isStale = true;
    }
    // Later, since subscriptions come in crowds.
    if (type.endsWith("subscribe")) queueMicrotask(() => this._review());
    // One after the other, which keeps their order.
    else this._lastCommand = this._lastCommand.then(() => this._execute(command));
  }

  /** Asks anew, with what is known now. */
  _check() {
    if (this._isConfirmed) this._replace();
  }

  /** Asks once, until the answer or the end of the stream. */
  protected abstract _exchange(query: Record<string, unknown>, abort: AbortController): Promise<void>;

  protected _stop() {
    this._request?.abort();
    this._wake();
  }

  /** The first sign of life came. */
  protected _open(hello?: Frame) {
    if (this._isOpen) return;
    this._isOpen = true;
    this._trail = undefined;
    this._host._opened(this, hello);
    // What another link has delivered since must not come again, nor move a cursor back.
    if (this._query(this._asked).since !== this._since) this._replace();
  }

  /** The server took what was asked for. */
  protected _confirm() {
    for (const subscription of this._asked) if (!subscription._isLive) this._host._subscribed(subscription);
  }

  /** A cursor of several channels is the place in each of them. */
  protected _place(cursor: string) {
    const gone = this._names.filter((name) => !this._asked.some((s) => s._name === name));
    for (const subscription of this._asked) subscription._place(cursor, this._names, [...gone]);
  }

  /** Replaces the request if it asks for other channels than wanted. */
  protected _review() {
    if (!this._isStale && this._isComplete()) return;
    this._wake();
    this._check();
  }

  /** Whether the request asks for every channel that is wanted, and the server has taken each before, over this link. */
  protected _isComplete() {
    return this._isOpen && this._wanted().every((s) => s._isLive && this._asked.includes(s));
  }

  private _replace() {
    this._isReplaced = true;
    this._request!.abort();
  }

  private _wanted() {
    return [...this._host._subscriptions.values()].filter((s) => s._isWanted);
  }

  private async _run() {
    while (!this._isOver) {
      const wanted = this._wanted();
      // Of two places in a channel the furthest counts, so one that began anew waits while the cursor of another names its former place.
      const asked = (this._asked = wanted.filter((s) => !wanted.some((other) => other._outdated.includes(s._name))));
      this._names = asked.map((s) => s._name);
      const abort = (this._request = new AbortController());
      this._isConfirmed = this._isReplaced = this._isStale = false;
      clearTimeout(this._beat);
      try {
        const query = this._query(asked);
        this._since = query.since;
        if (asked.length) await this._exchange({ ...query, ...this._trail }, abort);
        else await this._idle(abort);
      } catch (error) {
        if (!this._isReplaced) await this._failed(error as ArautoError, asked);
      }
    }
  }

  private _query(asked: Subscription[]) {
    return {
      channels: asked.map((s) => s._name).join(),
      since: [...new Set(asked.map((s) => s._cursor))].filter(Boolean).join() || undefined,
      events: true,
    };
  }

  /** Without a channel there is nothing to ask for, only whether the server is there. */
  private async _idle(abort: AbortController) {
    if (!this._isOpen) {
      await ask(this._host, this._host._url("readyz"), this._host._options.timeout, abort);
      this._open();
    }
    if (!this._wanted().length) await new Promise<void>((resolve) => (this._wake = resolve));
  }

  private async _execute(command: Command) {
    if (this._isOver) return;
    const frame = await execute(this._host, command);
    if (this._isOver) return;
    if (frame.type === "error") {
      const error = toError(frame);
      // The session gets another token and sends the command again.
      if (isAboutToken(error)) return this._end(error);
      if (error.code === "unavailable") this._check();
    }
    this._host._frame(this, frame);
  }

  /** A refusal may be about one of the channels: the others go on without it. */
  private async _failed(error: ArautoError, asked: Subscription[]) {
    if (!(isAboutChannel(error) && (await this._refuse(asked)))) this._end(toArautoError(error));
  }

  /** The refusal does not say which it is about, so each is asked for alone. */
  private async _refuse(asked: Subscription[]) {
    let found = false;
    for (const subscription of asked) {
      try {
        await ask(this._host, this._host._url("poll", { ...this._query([subscription]), wait: 0 }), this._host._options.timeout, new AbortController());
      } catch (error) {
        if (!isAboutChannel(error as ArautoError)) continue;
        found = true;
        this._host._refused(subscription, error as ArautoError);
      }
    }
    return found;
  }
}

const isAboutChannel = ({ _status }: ArautoError) => [400, 403, 404].includes(_status!);
