import { ArautoError, silent, toArautoError } from "./error.js";
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
    throw abort.signal.aborted ? silent() : toArautoError(error);
  } finally {
    clearTimeout(limit);
  }
}

const PATHS: Record<string, string> = { history: "messages", receipt: "receipts" };

/** Executes a command over the HTTP API: the answer as the frame that it would be on a WebSocket. */
export async function execute(host: Host, { type, id, channel, ...rest }: Command): Promise<Frame> {
  const isPublish = type === "publish";
  const path = isPublish ? "v1/publish" : `v1/channels/${encodeURIComponent(channel!)}/${PATHS[type] ?? type}`;
  const isTelling = (rest.delivered ?? rest.read) != null;
  const body = isPublish ? { channel, ...rest } : isTelling ? rest : type === "typing" ? null : undefined;
  const url = host._url(path, body === undefined ? rest : {});
  try {
    return { ...(await ask(host, url, host._options.timeout * 2, new AbortController(), body)), type: "reply", id };
  } catch (error) {
    const { code, message, retryAfter } = error as ArautoError;
    return { type: "error", id, code, message, retry_after: retryAfter };
  }
}
