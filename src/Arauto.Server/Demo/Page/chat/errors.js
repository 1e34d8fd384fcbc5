/** An answer of the server that says no. */
export class ServerError extends Error {
  constructor({ code, message, retry_after: retryAfter, channel }) {
    super(message);
    Object.assign(this, { code, retryAfter, channel });
  }
}

/** The connection ended before the answer. */
export class Disconnected extends Error {}
