import { type ArautoError, toError, unavailable } from "./error.js";
import { EventStreamParser, type StreamEvent } from "./event-stream.js";
import { headers, refusal } from "./http.js";
import { HttpLink } from "./http-link.js";

/** Server-Sent Events, read with `fetch` because an `EventSource` cannot send the token in a header. */
export class EventStreamLink extends HttpLink {
  private _lastError?: ArautoError;

  protected async _exchange(query: Record<string, unknown>, { signal }: AbortController) {
    this._expect();
    const { fetch } = this._host._options;
    const response = await fetch(this._host._url("events", query), { headers: headers(this._host), cache: "no-store", signal });
    if (!response.ok) throw await refusal(response);
    const parser = new EventStreamParser((event) => signal.aborted || this._take(event));
    const decoder = new TextDecoder();
    const reader = response.body!.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw this._lastError ?? unavailable("The stream ended.");
      parser._push(decoder.decode(value, { stream: true }));
    }
  }

  private _take({ _id, _data, _comment }: StreamEvent) {
    // Only now, and not with the first bytes: they may be the page of something between.
    this._heard();
    if (_comment != null) {
      if (!_comment.startsWith("connected ")) return;
      const hello = JSON.parse(_comment.slice(10));
      this._heartbeat = hello.heartbeat;
      this._watch();
      return this._open(hello);
    }
    if (_data == null) {
      this._place(_id!);
      this._confirm();
      this._isConfirmed = true;
      return this._review();
    }
    const frame = JSON.parse(_data);
    if (frame.type === "error" && !frame.channel) this._lastError = toError(frame);
    this._host._frame(this, frame);
    // The gap is no message with a cursor of its own; without this it would be announced again.
    if (frame.type === "gap" && _id) this._place(_id);
  }
}
