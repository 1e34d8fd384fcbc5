import { ArautoError, isPassing, silent, toError, unavailable } from "./error.js";
import { execute } from "./http.js";
import type { Host, Link } from "./link.js";
import type { Command, Frame } from "./protocol.js";

const RETRIES = 3;
const FIRST_RETRY = 1_000;

interface Pending {
  _command: Command;
  _resolve(reply: Frame): void;
  _reject(error: ArautoError): void;
  /** How often it failed. */
  _failures: number;
  /** On its way, or due again in a while; if not it waits for a link. */
  _isBusy?: boolean;
  /** On its way over the present link. */
  _isSent?: boolean;
  /** Runs until the answer must be there, or the next try is due. */
  _timer?: ReturnType<typeof setTimeout>;
}

/** The commands that wait for the connection or an answer, oldest first. */
export class Outbox {
  private readonly _pending = new Map<number, Pending>();

  /** @param _link the link to send over, if one is open */
  constructor(private readonly _host: Host, private readonly _link: () => Link | undefined) {}

  /** Sends a command, now or once connected, and gives its reply. */
  _add(command: Command): Promise<any> {
    if (this._pending.size >= this._host._options.queueLimit) return Promise.reject(unavailable("Too many calls wait (queueLimit)."));
    return new Promise((_resolve, _reject) => {
      const pending: Pending = { _command: command, _resolve, _reject, _failures: 0 };
      this._pending.set(command.id!, pending);
      this._transmit(pending);
    });
  }

  /** A link is open: what is not on its way, or waits for its next try, goes. */
  _flush() {
    for (const pending of [...this._pending.values()]) if (!pending._isBusy) this._transmit(pending);
  }

  /** The link is gone, and with it the answers. @param isTooLarge because one of the commands was */
  _unsend(isTooLarge: boolean) {
    for (const pending of this._pending.values()) {
      if (!pending._isSent) continue;
      this._settle(pending);
      // Sent again it would end the next link too; over HTTP only the one that is too large fails.
      if (isTooLarge) pending._failures = RETRIES + 1;
    }
  }

  /** Takes an answer. @returns whether it was for a command from here */
  _answer(frame: Frame) {
    const pending = this._pending.get(frame.id!);
    if (!pending) return false;
    if (frame.type === "error") {
      this._fail(pending, toError(frame));
    } else {
      this._remove(pending);
      pending._resolve(frame);
    }
    return true;
  }

  /** Nothing is sent any more. */
  _rejectAll(error: ArautoError) {
    for (const pending of this._pending.values()) {
      this._remove(pending);
      pending._reject(error);
    }
  }

  private async _transmit(pending: Pending) {
    const link = this._link();
    if (!link) return;
    pending._isBusy = true;
    if (pending._failures > RETRIES) return this._answer(await execute(this._host, pending._command));
    pending._isSent = true;
    // A request over HTTP has a time limit of its own, from when its turn comes.
    if (link._name === "ws") pending._timer = setTimeout(() => this._fail(pending, silent()), this._host._options.timeout * 2);
    link._send(pending._command);
  }

  private _fail(pending: Pending, error: ArautoError) {
    this._settle(pending);
    const failures = ++pending._failures;
    if (!isPassing(error) || failures > RETRIES + 1) {
      this._remove(pending);
      return pending._reject(error);
    }
    const wait = Math.max(failures > RETRIES ? 0 : FIRST_RETRY * 2 ** (failures - 1), error.retryAfter * 1_000);
    pending._isBusy = true;
    pending._timer = setTimeout(() => {
      this._settle(pending);
      this._transmit(pending);
    }, wait);
  }

  private _settle(pending: Pending) {
    clearTimeout(pending._timer);
    pending._isBusy = pending._isSent = false;
  }

  private _remove(pending: Pending) {
    this._settle(pending);
    this._pending.delete(pending._command.id!);
  }
}
