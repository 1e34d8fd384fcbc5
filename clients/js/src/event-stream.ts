/** One event of a stream. A comment comes alone. */
export interface StreamEvent {
  _id?: string;
  _event?: string;
  _data?: string;
  _comment?: string;
}

// Far above the server's largest message; without a bound a stream without line ends would fill the memory.
const LONGEST_LINE = 1 << 24;

/** Reads `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream) in pieces of any size. */
export class EventStreamParser {
  private _rest = "";
  private _event: StreamEvent = {};

  constructor(private readonly _emit: (event: StreamEvent) => unknown) {}

  /** @throws RangeError when a line does not end. */
  _push(text: string) {
    // A CR at the very end may be the first half of a CRLF, so it waits.
    const lines = (this._rest + text).split(/\r\n|\n|\r(?!$)/);
    this._rest = lines.pop()!;
    if (this._rest.length > LONGEST_LINE) throw new RangeError("The line does not end.");
    for (const line of lines) this._line(line);
  }

  private _line(line: string) {
    const event = this._event;
    if (!line) {
      this._event = {};
      if (event._data != null || event._id != null) this._emit(event);
      return;
    }
    const [, field, value] = /^([^:]*):? ?(.*)$/s.exec(line)!;
    if (!field) this._emit({ _comment: value });
    else if (field === "data") event._data = event._data == null ? value : event._data + "\n" + value;
    else if (field === "event") event._event = value;
    else if (field === "id") event._id = value;
  }
}
