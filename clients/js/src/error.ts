/** What the server or the client refused, and why. */
export class ArautoError extends Error {
  /** The HTTP status, if our server said it rather than something between. @internal */
  _status?: number;

  constructor(
    /** A word of the server's catalogue, or `closed` after `close()`. */
    readonly code: string,
    message: string,
    /** Seconds to wait before the next try; 0 where the server did not say. */
    readonly retryAfter = 0,
  ) {
    super(message);
    this.name = "ArautoError";
  }
}

/** The server or the way to it is away: worth another try. */
export const unavailable = (message: string) => new ArautoError("unavailable", message);

/** What was caught, as callers see it. */
export const toArautoError = (error: unknown) => (error instanceof ArautoError ? error : unavailable(String(error)));

/** Nothing came for too long. */
export const silent = () => unavailable("The server did not answer in time.");

/** The token is at fault, not the way to the server. */
export const isAboutToken = ({ code }: ArautoError) => code === "unauthorized" || code.startsWith("token_");

/** May pass by itself. */
export const isPassing = ({ code }: ArautoError) => code === "unavailable" || code === "rate_limited";

/** The error that a frame says. */
export const toError = ({ code, message, retry_after }: { [field: string]: any }) => new ArautoError(code, message, retry_after);
