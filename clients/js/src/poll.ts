import { ask } from "./http.js";
import { HttpLink } from "./http-link.js";

/** Seconds that the server may wait for something to tell. */
const WAIT = 25;

/** Long polling: passes wherever a page does. */
export class PollLink extends HttpLink {
  protected async _exchange(query: Record<string, unknown>, abort: AbortController) {
    // While something is to be confirmed the answer must not wait for a message.
    this._isConfirmed = this._isComplete();
    const wait = this._isConfirmed ? WAIT : 0;
    const { messages, cursor, gaps = [], events = [] } = await ask(
      this._host, this._host._url("poll", { ...query, wait }), wait * 1_000 + this._host._options.timeout, abort);
    this._open();
    if (abort.signal.aborted) return;
    this._confirm();
    for (const frame of [...gaps, ...messages, ...events]) this._host._frame(this, frame);
    // A handler may have closed the client, and the rest was not delivered.
    if (!this._isOver) this._place(cursor);
  }
}
