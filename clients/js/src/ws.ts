import { ArautoError, toArautoError, unavailable } from "./error.js";
import { Link } from "./link.js";
import type { Command } from "./protocol.js";

/** The native protocol over WebSocket. */
export class WebSocketLink extends Link {
  private _socket?: WebSocket;

  _start() {
    this._expect();
    try {
      this._socket = new this._host._options.WebSocket(this._host._url("ws", this._host._trail()).replace(/^http/, "ws"), "arauto.v1.json");
    } catch (error) {
      // A policy of the page, or no WebSocket here at all.
      return this._end(toArautoError(error));
    }
    const socket = this._socket;
    // A browser's WebSocket cannot set headers, and an address ends up in logs: the token is the first frame.
    socket.onopen = () => this._send({ type: "auth", token: this._host._token });
    socket.onmessage = ({ data }) => this._receive(data);
    socket.onerror = () => this._end(unavailable("The WebSocket failed."));
    // The reason is the code's word (docs/errors.md), unless it was lost on the way: 4001 to 4003 are about the token.
    socket.onclose = ({ code, reason }) =>
      this._end(new ArautoError(reason || (code > 4000 && code < 4004 ? "unauthorized" : "unavailable"), "The connection was closed (" + code + ")."), code);
  }

  _send(command: Command) {
    this._socket!.send(JSON.stringify(command));
  }

  _check() {
    this._expect();
    this._ping();
  }

  protected _ping() {
    this._send({ type: "ping" });
  }

  protected _stop() {
    this._socket?.close();
  }

  private _receive(data: string) {
    if (this._isOver) return;
    try {
      this._heard();
      const frame = JSON.parse(data);
      if (frame.type === "connected") {
        this._heartbeat = frame.heartbeat;
        this._watch();
        this._host._opened(this, frame);
      } else {
        this._host._frame(this, frame);
      }
    } catch (error) {
      // A frame that cannot be read may have been a message: resuming from the cursor brings it again.
      this._end(toArautoError(error));
    }
  }
}
