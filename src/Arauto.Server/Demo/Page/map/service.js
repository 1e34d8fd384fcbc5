// The map's service over HTTP (docs/live-map.md).

const TIMEOUT = 10_000;

/** The service says no, and will not say otherwise when asked again. */
export class Refused extends Error {
  /** @param current the object as it is, if the service showed it @param isGone whether there is no such object any more */
  constructor(message, current, isGone) {
    super(message);
    Object.assign(this, { current, isGone });
  }
}

/** The service cannot be reached now, or asks to wait. */
export class Unreachable extends Error {
  constructor(message, retryAfter = 0) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

export class MapService {
  #tokens;

  constructor(tokens) {
    this.#tokens = tokens;
  }

  /** All that is on the map, and the revision it stands for. */
  load() {
    return this.#request('GET', 'state');
  }

  /** @returns the object as it is kept now */
  save(kind, id, edit) {
    return this.#request('PUT', `${kind}/${encodeURIComponent(id)}`, edit);
  }

  delete(kind, id, version) {
    return this.#request('DELETE', `${kind}/${encodeURIComponent(id)}?version=${version}`);
  }

  async #request(method, path, body, isSecond = false) {
    const response = await this.#send(method, path, body);
    if (response.status === 401 && !isSecond) {
      this.#tokens.forget();
      return this.#request(method, path, body, true);
    }
    const answer = await response.json().catch(() => null); // No content, or what a proxy has to say.
    if (response.ok) return answer;
    const message = answer?.error?.message ?? `The service answered with ${response.status}.`;
    if (response.status === 401 || response.status === 429 || response.status >= 500) throw new Unreachable(message, Number(response.headers.get('retry-after')));
    throw new Refused(message, answer?.current, response.status === 404);
  }

  async #send(method, path, body) {
    try {
      return await fetch(`/demo/map/${path}`, {
        method,
        headers: { authorization: `Bearer ${await this.#tokens.current()}`, ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT),
      });
    } catch (error) {
      throw new Unreachable('The map\'s service cannot be reached.', error.retryAfter);
    }
  }
}
