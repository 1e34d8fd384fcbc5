import type { ArautoError } from "./error.js";

/** How bytes travel. */
export type TransportName = "ws" | "sse" | "poll";

/** Payloads by event name, where they are not known; with them `{ chat: { content: string }; tick: number }`. */
export type EventMap = { [event: string]: any };

/** A published message. */
export interface Message<Data = unknown, Event extends string = string> {
  /** The event under which it was published. */
  type: Event;
  channel: string;
  data: Data;
  /** When the server took it, ISO 8601 in UTC. */
  timestamp: string;
  /** UUID version 7. */
  id: string;
  /** The place in the channel's log: 1, 2, 3, … within an epoch. */
  offset: number;
  /** One life of the channel's log. */
  epoch: string;
  /** The user who published it; absent for the server itself. */
  from?: string;
  /** The place after this message: hand it back as `since` to go on here. */
  cursor: string;
}

/** The messages of a channel as a union that `type` tells apart. */
export type MessageOf<Events extends object> = { [E in keyof Events & string]: Message<Events[E], E> }[keyof Events & string];

/** Messages that do not come. Nothing is ever left out without it. */
export interface Gap {
  type: "gap";
  channel: string;
  /** The first and last offset that are missing; 0 = unknown. */
  from: number;
  to: number;
  reason: "trimmed" | "epoch_changed" | "slow_consumer" | "conflated" | (string & {});
}

/** Somebody came or went. */
export interface PresenceChange {
  type: "presence";
  channel: string;
  action: "join" | "leave";
  user: string;
}

/** Somebody is typing. */
export interface Typing {
  type: "typing";
  channel: string;
  user: string;
}

/** How far somebody has come: everything up to these offsets has arrived, or was read. */
export interface ReceiptMarks {
  user: string;
  delivered: number;
  read: number;
}

/** Somebody's marks rose. */
export interface Receipt extends ReceiptMarks {
  type: "receipt";
  channel: string;
}

/** The server took the subscription, first or again; messages after `cursor` follow. */
export interface Subscribed {
  channel: string;
  cursor: string | undefined;
}

/** Who is in a channel; 0 connections: just gone, may be back. */
export interface PresentUser {
  user: string;
  connections: number;
}

/** The answer to a publish. */
export interface Published {
  /** The message's id. */
  message: string;
  offset: number;
  epoch: string;
  /** Whether it survives the loss of the server's process. */
  durable: boolean;
  /** Whether all nodes were told, only this one, or delivery follows from the log. */
  fanout: "full" | "local" | "deferred";
  correlation_id: string;
}

/** Where to read in a channel's history: an offset (number) or a cursor (string). With neither bound the newest messages. */
export interface HistoryQuery {
  /** The newest messages before this place. Not together with `after`. */
  before?: number | string;
  /** The oldest messages after this place. */
  after?: number | string;
  /** At most so many; the server may return fewer. */
  limit?: number;
}

/** A page of history, oldest first. */
export interface HistoryPage<Events extends object = EventMap> {
  messages: MessageOf<Events>[];
  /** The place after the last message: `since` of a subscription, or `after` of the next page. */
  cursor: string;
  /** Whether there are more in the direction read. */
  more: boolean;
}

/** What the channel tells besides messages. The words are reserved by the protocol, so no event can have them. */
export interface ChannelSignals {
  subscribe: Subscribed;
  gap: Gap;
  presence: PresenceChange;
  typing: Typing;
  receipt: Receipt;
  /** The server ended or refused the subscription; it does not come back by itself. */
  error: ArautoError;
}

/** How the client is, for people to see. */
export type Status =
  /** Nothing was asked of the client yet. */
  | { state: "idle" }
  /** `error`: why the try before this one failed. */
  | { state: "connecting"; transport: TransportName; error?: ArautoError }
  | { state: "connected"; transport: TransportName; user?: string; connection?: string; node?: string }
  /** Not connected; the next try is at `retryAt` (as `Date.now()`). */
  | { state: "waiting"; retryAt: number; error: ArautoError }
  /** For good. Without `error` because `close()` was called. */
  | { state: "closed"; error?: ArautoError };

/** What a client can be told at its making. */
export interface ClientOptions {
  /**
   * The token, or a function that fetches one. A function is asked again before the token's `exp`, and once more
   * when the server does not take it; then the client closes with the error.
   */
  token: string | (() => string | Promise<string>);
  /** `auto` (default) takes the best that works; a name takes no other. */
  transport?: "auto" | TransportName;
  /** Milliseconds in which a transport must show its first sign of life, and a command its answer is twice that. Default 5000. */
  timeout?: number;
  /** The most calls that may wait for the connection or an answer; the next is refused with `unavailable`. Default 1000. */
  queueLimit?: number;
  /** So many messages that an iterator has not read pause its subscription, which resumes at half of it. Default 1000. */
  bufferLimit?: number;
  /** Another implementation, where the platform has none (Node.js before 22). */
  WebSocket?: new (url: string, protocol: string) => WebSocket;
  /** Another implementation. */
  fetch?: typeof fetch;
}
