import { Emitter } from "./emitter.js";
import type { ArautoError } from "./error.js";
import type { Message } from "./types.js";

/** The messages that wait for one iterator. */
export class Reader {
  readonly _queue: Message[] = [];
  private _wake = () => {};
  private _isDone = false;
  private _error?: ArautoError;

  _push(message: Message) {
    this._queue.push(message);
    this._wake();
  }

  /** No more come; what waits is still read. */
  _finish(error?: ArautoError) {
    this._isDone = true;
    this._error = error;
    this._wake();
  }

  /** The next message; nothing at the end. */
  async _next() {
    while (!this._queue.length && !this._isDone) await new Promise<void>((resolve) => (this._wake = resolve));
    if (!this._queue.length && this._error) throw this._error;
    return this._queue.shift();
  }
}

/** One channel over all links: how far it has come, and who listens. */
export class Subscription extends Emitter {
  /** Where to begin the next time. */
  _since?: string;
  /** Where to resume; nothing: from now on. */
  _cursor?: string;
  /** The channels that the cursor names, if it came for several. */
  _names?: string[];
  /** Those of them that have begun anew since, at another place. */
  _outdated: string[] = [];
  /** Held back for a moment: a reader is slow, or the server asked to wait. */
  _isHeld = false;
  /** Confirmed by the server on the present link, so its messages count. */
  _isLive = false;
  /** The subscribe command that is not answered yet. */
  _id?: number;
  /** Begun, and not ended. */
  _isOn = false;
  readonly _readers = new Set<Reader>();
  private _epoch?: string;
  private _offset = 0;

  constructor(readonly _name: string) {
    super();
  }

  /** Whether the server should send it now. */
  get _isWanted() {
    return this._isOn && !this._isHeld;
  }

  /** The longest queue of a reader. */
  get _backlog() {
    return Math.max(0, ...[...this._readers].map((reader) => reader._queue.length));
  }

  _place(cursor?: string, names?: string[], outdated: string[] = []) {
    this._cursor = cursor;
    this._names = names;
    this._outdated = outdated;
  }

  /** Hands a message on, unless it came before. */
  _take(message: Message) {
    if (message.epoch === this._epoch && message.offset <= this._offset) return;
    this._epoch = message.epoch;
    this._offset = message.offset;
    this._place(message.cursor);
    for (const reader of this._readers) reader._push(message);
    this._emit(message.type, message);
    this._emit("*", message);
  }

  /** Begins it, unless it has. */
  _begin() {
    if (this._isOn) return false;
    this._place(this._since);
    this._since = undefined;
    return (this._isOn = true);
  }

  /** Ends it; begun again it starts from now, or from a cursor that is given then. */
  _finish(error?: ArautoError) {
    this._isOn = this._isHeld = this._isLive = false;
    this._epoch = this._id = undefined;
    for (const reader of this._readers) reader._finish(error);
    this._readers.clear();
  }
}
