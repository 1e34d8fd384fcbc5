import { ArautoError, isAboutToken, isPassing, toError, unavailable } from "./error.js";
import { Backoff } from "./backoff.js";
import { Emitter } from "./emitter.js";
import type { Host, Link } from "./link.js";
import { Outbox } from "./outbox.js";
import { PollLink } from "./poll.js";
import type { Frame } from "./protocol.js";
import { EventStreamLink } from "./sse.js";
import { Subscription } from "./subscription.js";
import { TokenSource } from "./token.js";
import type { ClientOptions, Message, Status, TransportName } from "./types.js";
import { WebSocketLink } from "./ws.js";

const LINKS = { ws: WebSocketLink, sse: EventStreamLink, poll: PollLink };
const NAMES = Object.keys(LINKS) as TransportName[];

/** A connection that held so long makes the back-off begin anew. */
const STABLE = 10_000;
const FIRST_PROBE = 30_000;
const LAST_PROBE = 300_000;
/** Between two looks whether there is a link that a probe can stand beside. */
const AGAIN = 1_000;

// Close codes after which coming back is pointless (docs/errors.md). Those about the token are not among them.
const NORMAL = 1000;
const UNSUPPORTED = 1003;
const TOO_LARGE = 1009;

/**
 * Keeps one link open: tries the transports in rounds, waits after a round in vain, moves everything to a better
 * transport when one works again. Commands and subscriptions outlive links.
 */
export class Session extends Emitter implements Host {
  _status: Status = { state: "idle" };
  readonly _subscriptions = new Map<string, Subscription>();
  private readonly _names: TransportName[];
  private readonly _backoff = new Backoff();
  private readonly _listening = new AbortController();
  private readonly _tokens: TokenSource;
  private readonly _outbox: Outbox;
  private _lastId = 0;
  /** The link that works. */
  private _link?: Link;
  /** The one that is tried: in place of a link, or beside one that works. */
  private _trying?: Link;
  /** What the present round tries next. */
  private _round: TransportName[] = [];
  /** The transport that worked last, and the one before the present try. */
  private _last?: TransportName;
  private _previous?: TransportName;
  private _openedAt = 0;
  /** Before this time the server does not want to be asked. */
  private _notBefore = 0;
  private _probeDelay = FIRST_PROBE;
  private _retry?: ReturnType<typeof setTimeout>;
  private _probe?: ReturnType<typeof setTimeout>;

  constructor(private readonly _base: string, readonly _options: Required<ClientOptions>) {
    super();
    const { transport } = _options;
    this._names = transport === "auto" ? NAMES.filter((name) => name !== "ws" || _options.WebSocket) : [transport];
    this._tokens = new TokenSource(_options.token, () => this._link?._send({ type: "auth", id: ++this._lastId, token: this._token }));
    this._outbox = new Outbox(this, () => this._link);
    // A change of visibility bubbles up from the document; a worker has none, Node.js has no events at all.
    for (const type of ["online", "offline", "visibilitychange"]) globalThis.addEventListener?.(type, this._onChange, { signal: this._listening.signal });
  }

  get _token() {
    return this._tokens._value;
  }

  _url(path: string, query: Record<string, unknown> = {}) {
    const given = Object.entries(query).filter(([, value]) => value != null) as [string, string][];
    return this._base + path + (given.length ? "?" + new URLSearchParams(given) : "");
  }

  _trail() {
    const previous = this._link?._name ?? this._previous;
    return { previous: previous === "ws" ? "websocket" : previous, reconnect: this._last && true };
  }

  /** Connects now, whatever it waits for. */
  _connect() {
    const { state } = this._status;
    if (state === "idle" || state === "waiting") this._begin();
  }

  _close(error?: ArautoError) {
    if (this._status.state === "closed") return;
    this._listening.abort();
    clearTimeout(this._retry);
    clearTimeout(this._probe);
    this._tokens._close();
    this._trying?._close();
    this._link?._close();
    this._trying = this._link = undefined;
    this._set({ state: "closed", error });
    this._outbox._rejectAll(this._reason());
    for (const subscription of this._subscriptions.values()) if (subscription._isOn) subscription._finish(error);
  }

  /** Sends a command with an id, now or once connected, and gives its reply. */
  _request(type: string, fields: Record<string, unknown>): Promise<any> {
    if (this._status.state === "closed") return Promise.reject(this._reason());
    const answer = this._outbox._add({ type, id: ++this._lastId, ...fields });
    if (this._status.state === "idle") this._begin();
    return answer;
  }

  /** Sends what nobody misses; without a connection it is dropped. */
  _send(type: string, channel: string) {
    this._link?._send({ type, channel });
  }

  _subscribe(subscription: Subscription) {
    if (this._status.state === "closed") throw this._reason();
    if (!subscription._begin()) return;
    const { _name } = subscription;
    for (const other of this._subscriptions.values()) if (other._names?.includes(_name)) other._outdated.push(_name);
    this._askFor(subscription);
    if (this._status.state === "idle") this._begin();
  }

  _unsubscribe(subscription: Subscription) {
    if (!subscription._isOn) return;
    const isKnown = subscription._isWanted;
    subscription._finish();
    if (isKnown) this._leave(subscription);
  }

  /** A reader took something: one that was held back because of it may go on. */
  _resume(subscription: Subscription) {
    if (subscription._isHeld && subscription._backlog <= this._options.bufferLimit / 2) this._release(subscription);
  }

  // What links tell

  _opened(link: Link, { user, connection, node }: Partial<Frame> = {}) {
    const old = this._link;
    if (this._trying === link) this._trying = undefined;
    this._link = link;
    old?._close();
    if (old) this._outbox._unsend(false);
    this._round = [];
    const isOther = this._last !== link._name;
    this._last = this._previous = link._name;
    this._openedAt = Date.now();
    this._tokens._accepted();
    for (const subscription of this._subscriptions.values()) {
      subscription._isLive = false;
      this._askFor(subscription);
    }
    this._outbox._flush();
    if (isOther) this._probeDelay = FIRST_PROBE;
    if (isOther || !this._probe) this._planProbe();
    this._set({ state: "connected", transport: link._name, user, connection, node });
  }

  _ended(link: Link, error: ArautoError, code?: number) {
    const wasOpen = link === this._link;
    if (wasOpen) {
      this._link = undefined;
      this._outbox._unsend(code === TOO_LARGE);
      if (Date.now() - this._openedAt >= STABLE) this._backoff._reset();
    } else {
      this._trying = undefined;
      this._previous = link._name;
    }
    this._hold(error.retryAfter);
    if (code === NORMAL || code === UNSUPPORTED) return this._close(error);
    // Beside a link that works a refused token is that link's matter.
    if (isAboutToken(error) && !this._link) {
      if (!this._tokens._refused()) return this._close(error);
      if (!wasOpen) this._round.unshift(link._name);
    }
    if (!wasOpen) this._next(error);
    else if (this._trying) this._set({ state: "connecting", transport: this._trying._name, error });
    else this._wait(error);
  }

  _frame(link: Link, frame: Frame) {
    if (link !== this._link) return;
    const subscription = this._subscriptions.get(frame.channel!);
    switch (frame.type) {
      case "reply":
        if (subscription && frame.id === subscription._id) {
          subscription._place(frame.cursor);
          this._subscribed(subscription);
        } else {
          this._outbox._answer(frame);
        }
        break;
      case "error":
        this._takeError(frame);
        break;
      case "gap":
      case "presence":
      case "typing":
      case "receipt":
        if (subscription?._isOn) subscription._emit(frame.type, frame);
        break;
      case "move":
        this._hold(frame.after);
        // Beside the old link, so that nothing is interrupted if it works, and only if the server has not ended it by then.
        setTimeout(() => link === this._link && this._tryBeside(this._rank() + 1), (frame.after + Math.random()) * 1_000);
        break;
      case "heartbeat":
      case "pong":
        break;
      default:
        // Of the user's own channels messages come unasked too; a subscription brings them again from its cursor.
        if (subscription?._isLive) this._deliver(subscription, frame as unknown as Message);
    }
  }

  _subscribed(subscription: Subscription) {
    subscription._isLive = true;
    subscription._id = undefined;
    subscription._emit("subscribe", { channel: subscription._name, cursor: subscription._cursor });
  }

  _refused(subscription: Subscription, error: ArautoError) {
    if (isPassing(error)) {
      subscription._isHeld = true;
      subscription._isLive = false;
      setTimeout(() => this._release(subscription), (Math.max(1, error.retryAfter) + Math.random()) * 1_000);
      return;
    }
    subscription._finish(error);
    this._report(subscription, error);
  }

  // Rounds

  private _begin() {
    clearTimeout(this._retry);
    const last = this._last;
    this._round = last ? [last, ...this._names.filter((name) => name !== last)] : [...this._names];
    this._next();
  }

  private _next(error?: ArautoError) {
    const name = this._round.shift();
    if (name) this._try(name, error);
    else if (this._link) this._planProbe();
    else this._wait(error!);
  }

  private async _try(name: TransportName, error?: ArautoError) {
    const link = (this._trying = new LINKS[name](this, name));
    if (!this._link) this._set({ state: "connecting", transport: name, error });
    try {
      await this._tokens._ready();
      if (this._trying === link) link._start();
    } catch (error) {
      // Every transport needs the token.
      this._round = [];
      link._end(unavailable("There is no token: " + error));
    }
  }

  private _wait(error: ArautoError) {
    const now = Date.now();
    const wait = Math.max(0, this._notBefore - now) + this._backoff._next();
    this._retry = setTimeout(() => this._begin(), wait);
    this._set({ state: "waiting", retryAt: now + wait, error });
  }

  /** The server asked to wait. */
  private _hold(seconds: number) {
    this._notBefore = Math.max(this._notBefore, Date.now() + seconds * 1_000);
  }

  /** How many transports are better than that of the link. */
  private _rank() {
    return this._names.indexOf(this._link!._name);
  }

  /** Looks in a while whether something better works again. */
  private _planProbe() {
    clearTimeout(this._probe);
    this._probe = this._rank() ? setTimeout(() => this._tryBetter(), this._probeDelay * (0.75 + Math.random() / 2)) : undefined;
    this._probeDelay = Math.min(this._probeDelay * 2, LAST_PROBE);
  }

  private _tryBetter() {
    clearTimeout(this._probe);
    // Without a link that it could stand beside it has to wait; a link that breaks again and again must not put it off for ever.
    this._probe = this._link && !this._trying ? undefined : setTimeout(() => this._tryBetter(), AGAIN);
    if (!this._probe && this._rank()) this._tryBeside(this._rank());
  }

  /** Tries the first transports beside the link that works. */
  private _tryBeside(count: number) {
    if (this._trying) return;
    this._round = this._names.slice(0, count);
    this._next();
  }

  private readonly _onChange = ({ type }: { type: string }) => {
    if (type === "visibilitychange" && document.hidden) return;
    if (this._link) {
      this._link._check();
      if (type === "online") this._tryBetter();
    } else if (type !== "offline" && this._status.state === "waiting" && Date.now() >= this._notBefore) {
      this._begin();
    }
  };

  // Subscriptions

  /** Asks the link for a subscription, from its cursor. */
  private _askFor(subscription: Subscription) {
    if (!this._link || !subscription._isWanted) return;
    subscription._id = ++this._lastId;
    this._link._send({ type: "subscribe", id: subscription._id, channel: subscription._name, since: subscription._cursor });
  }

  private _leave({ _name }: Subscription) {
    this._link?._send({ type: "unsubscribe", id: ++this._lastId, channel: _name });
  }

  private _release(subscription: Subscription) {
    if (!subscription._isHeld) return;
    subscription._isHeld = subscription._isLive = false;
    this._askFor(subscription);
  }

  private _deliver(subscription: Subscription, message: Message) {
    subscription._take(message);
    if (subscription._isHeld || subscription._backlog < this._options.bufferLimit) return;
    // What is on its way already is still taken: so every cursor, also one of several channels, stays true.
    subscription._isHeld = true;
    this._leave(subscription);
  }

  private _takeError(frame: Frame) {
    if (frame.id != null && this._outbox._answer(frame)) return;
    // Without an id but with a channel: the server ended the subscription.
    const subscription = [...this._subscriptions.values()].find((s) =>
      frame.id == null ? s._isOn && s._name === frame.channel : s._id === frame.id);
    const error = toError(frame);
    if (subscription) this._refused(subscription, error);
    else this._report(undefined, error);
  }

  private _report(subscription: Subscription | undefined, error: ArautoError) {
    (subscription?._isHeard("error") ? subscription : this)._emit("error", error);
  }

  private _set(status: Status) {
    this._status = status;
    this._emit("status", status);
  }

  private _reason() {
    return (this._status as { error?: ArautoError }).error ?? new ArautoError("closed", "The client was closed.");
  }
}
