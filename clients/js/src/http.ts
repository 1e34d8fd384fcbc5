import { ArautoError, silent, unavailable } from "./error.js";
import type { Host } from "./link.js";
import type { Command, Frame } from "./protocol.js";

/** The headers of every request. */
export const headers = (host: Host) => ({ Authorization: "Bearer " + host._token });

/** What a refusal says, ours or that of something between. */
export async function refusal(response: Response) {
  const said = response.headers.get("Retry-After") ?? "";
  const error = (await response.json().catch(() => 0))?.error;
  const wait = error?.retry_after ?? (Number(said) || (Date.parse(said) - Date.now()) / 1_000);
  const result = new ArautoError(
    error?.code ?? (response.status === 401 ? "unauthorized" : "unavailable"),
    error?.message ?? "The server answered with HTTP " + response.status + ".",
    wait > 0 ? wait : 0,
  );
  if (error) result._status = response.status;
  return result;
}

/**
 * One request that is answered with JSON, or with nothing.
 * @throws ArautoError
 */
export async function ask(host: Host, url: string, milliseconds: number, abort: AbortController, body?: {} | null) {
  const { fetch } = host._options;
  const limit = setTimeout(() => abort.abort(), milliseconds);
  try {
    const response = await fetch(url, {
      // Without a body a question; null is a command without one.
      method: body === undefined ? "GET" : "POST",
      headers: headers(host),
      body: body && JSON.stringify(body),
      cache: "no-store",
      signal: abort.signal,
    });
    if (!response.ok) throw await refusal(response);
    return response.status === 204 ? {} : await response.json();
  } catch (error) {
    throw error instanceof ArautoError ? error : abort.signal.aborted ? silent() : unavailable(String(error));
  } finally {
    clearTimeout(limit);
  }
}

/** Executes a command over the HTTP API: the answer as the frame that it would be on a WebSocket. */
export async function execute(host: Host, { type, id, channel, ...rest }: Command): Promise<Frame> {
  const path = "v1/channels/" + encodeURIComponent(channel!) + "/";
  const marks = rest.delivered ?? rest.read;
  const [url, body] =
    type === "publish"
      ? [host._url("v1/publish"), { channel, ...rest }]
      : type === "history"
        ? [host._url(path + "messages", rest)]
        : type === "receipt"
          ? [host._url(path + "receipts"), marks == null ? undefined : rest]
          : [host._url(path + type), type === "typing" ? null : undefined];
  try {
    return { ...(await ask(host, url, host._options.timeout * 2, new AbortController(), body)), type: "reply", id };
  } catch (error) {
    const { code, message, retryAfter } = error as ArautoError;
    return { type: "error", id, code, message, retry_after: retryAfter };
  }
}
