import { Channel } from "./channel.js";
import type { ArautoError } from "./error.js";
import { Session } from "./session.js";
import { Subscription } from "./subscription.js";
import type { ClientOptions, EventMap, Status } from "./types.js";

/** What a client tells. */
export interface ClientEvents {
  /** The connection's state changed. */
  status: Status;
  /** An error that belongs to no call, or to a channel without an `error` handler. */
  error: ArautoError;
}

/** One user's session with the server: connects with the first use, comes back by itself, resumes everything. */
export class ArautoClient {
  private readonly _session: Session;
  private readonly _channels = new Map<string, Channel<any>>();

  /**
   * @param url the server's address, `https://example.org/`; in a page it may be relative
   * @throws TypeError if the address is none, or the transport needs a WebSocket that is not there
   */
  constructor(url: string | URL, options: ClientOptions) {
    const given: Required<ClientOptions> = {
      transport: "auto", timeout: 5_000, queueLimit: 1_000, bufferLimit: 1_000, WebSocket: globalThis.WebSocket, fetch: globalThis.fetch, ...options,
    };
    if (given.transport === "ws" && !given.WebSocket) throw new TypeError("No WebSocket here: set the option WebSocket.");
    const base = new URL(url, globalThis.location?.href).href.replace(/^ws/, "http").replace(/\/?([?#].*)?$/, "/");
    this._session = new Session(base, given);
  }

  /** How the connection is. */
  get status(): Status {
    return this._session._status;
  }

  on<Name extends keyof ClientEvents>(event: Name, handler: (value: ClientEvents[Name]) => void): this {
    this._session._on(event, handler);
    return this;
  }

  off<Name extends keyof ClientEvents>(event: Name, handler: (value: ClientEvents[Name]) => void): this {
    this._session._off(event, handler);
    return this;
  }

  /**
   * A channel; for the same name always the same object.
   * @param options `since`: the cursor after which its next subscription begins; it does not move one that has begun
   */
  channel<Events extends object = EventMap>(name: string, options: { since?: string } = {}): Channel<Events> {
    let channel = this._channels.get(name);
    if (!channel) {
      const subscription = new Subscription(name);
      this._session._subscriptions.set(name, subscription);
      this._channels.set(name, (channel = new Channel(name, this._session, subscription)));
    }
    if (options.since) this._session._subscriptions.get(name)!._since = options.since;
    return channel;
  }

  /** Connects now, also if the client waits to try again. Not needed: the first use connects. */
  connect(): void {
    this._session._connect();
  }

  /** Ends it for good: what waits is rejected with the code `closed`, iterators end. */
  close(): void {
    this._session._close();
  }
}
