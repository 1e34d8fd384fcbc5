import type { Session } from "./session.js";
import { Reader, type Subscription } from "./subscription.js";
import type {
  ChannelSignals, EventMap, HistoryPage, HistoryQuery, Message, MessageOf, PresentUser, Published, ReceiptMarks,
} from "./types.js";

/** What a handler of `Name` gets. */
type Heard<Events extends object, Name extends string> = Name extends keyof ChannelSignals
  ? ChannelSignals[Name]
  : Name extends "*"
    ? MessageOf<Events>
    : Name extends keyof Events
      ? Message<Events[Name], Name>
      : never;

/** Everything a handler can be for. */
type Audible<Events extends object> = (keyof Events & string) | keyof ChannelSignals | "*";

/** A channel of the server. `Events` are its payloads by event name. */
export class Channel<Events extends object = EventMap> implements AsyncIterable<MessageOf<Events>> {
  /** @internal */
  constructor(
    /** Its name. */
    readonly name: string,
    private readonly _session: Session,
    private readonly _subscription: Subscription,
  ) {}

  /** The place after the last message that was handed out; `since` of a later subscription. */
  get cursor(): string | undefined {
    return this._subscription._cursor;
  }

  /**
   * Calls the handler for each message of an event, for all (`*`), or for a signal: `subscribe`, `gap`, `presence`,
   * `typing`, `receipt`, `error`. Subscribes.
   */
  on<Name extends Audible<Events>>(event: Name, handler: (value: Heard<Events, Name>) => void): this {
    this._subscription._on(event, handler);
    return this.subscribe();
  }

  /** Removes a handler. The subscription stays. */
  off<Name extends Audible<Events>>(event: Name, handler: (value: Heard<Events, Name>) => void): this {
    this._subscription._off(event, handler);
    return this;
  }

  /** Begins to receive, from now or from `since`. The first handler and the first iterator do so by themselves. */
  subscribe(): this {
    this._session._subscribe(this._subscription);
    return this;
  }

  /** Ends the subscription and its iterators. Handlers stay, for the next one. */
  unsubscribe(): void {
    this._session._unsubscribe(this._subscription);
  }

  /**
   * The messages in order, each once. Subscribes with the first step. A reader that falls behind pauses the
   * subscription, which goes on later from its cursor. Leaving the loop ends the subscription if nobody else uses it.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<MessageOf<Events>, void, undefined> {
    const reader = new Reader();
    const subscription = this._subscription;
    subscription._readers.add(reader);
    try {
      this.subscribe();
      for (let message; (message = await reader._next()); ) {
        this._session._resume(subscription);
        yield message as MessageOf<Events>;
      }
    } finally {
      subscription._readers.delete(reader);
      if (!subscription._readers.size && !subscription._isHeard()) this.unsubscribe();
      else this._session._resume(subscription);
    }
  }

  /**
   * Publishes, now or once connected, and gives the server's answer. It takes effect once, however often it must be
   * repeated: under `key`, or one that is made.
   */
  publish<Name extends keyof Events & string>(event: Name, data: Events[Name], options: { key?: string } = {}): Promise<Published> {
    return this._ask("publish", { event, data, key: options.key ?? newKey() });
  }

  /** Tells the others that the user is typing. Dropped without a connection. */
  typing(): void {
    this._session._send("typing", this.name);
  }

  /** Tells how far the user has come, as offsets. */
  async receipt(marks: { delivered?: number; read?: number }): Promise<void> {
    await this._ask("receipt", marks);
  }

  /** Everybody's marks. */
  async receipts(): Promise<ReceiptMarks[]> {
    return (await this._ask("receipt")).receipts;
  }

  /** Who is here. */
  async presence(): Promise<PresentUser[]> {
    return (await this._ask("presence")).users;
  }

  /** A page of kept messages, oldest first. */
  history(query: HistoryQuery = {}): Promise<HistoryPage<Events>> {
    return this._ask("history", { ...query });
  }

  private _ask(type: string, fields: {} = {}) {
    return this._session._request(type, { channel: this.name, ...fields });
  }
}

/** Not `crypto.randomUUID`, which pages without TLS do not have. */
const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join("");
