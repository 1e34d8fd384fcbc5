// Tokens for the asking: a development server signs one for any name.

const TIMEOUT = 10_000;

/** @returns {Promise<string>} a token for the user, valid for an hour */
export async function fetchToken(user) {
  let response;
  try {
    response = await fetch('/dev/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user }),
      signal: AbortSignal.timeout(TIMEOUT),
    });
  } catch {
    throw new Error('the server cannot be reached');
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok && body.token) return body.token;
  const error = new Error(body.error?.message ?? `the server gave no token (${response.status})`);
  error.isRefusal = response.status === 400;
  error.retryAfter = Number(response.headers.get('retry-after')) || 0;
  throw error;
}

/** @returns {Promise<string>} what the server has against a name; empty if nothing, or if it does not answer */
export async function objectionTo(user) {
  try {
    await fetchToken(user);
    return '';
  } catch (error) {
    return error.isRefusal ? error.message : '';
  }
}

/** The tokens of one user: a fresh one for each connection, and the newest of them for requests beside it. */
export class Tokens {
  #user;
  #newest = null;

  constructor(user) {
    this.#user = user;
  }

  fresh() {
    const asked = fetchToken(this.#user);
    asked.catch(() => this.#newest === asked && this.forget());
    this.#newest = asked;
    return asked;
  }

  current() {
    return this.#newest ?? this.fresh();
  }

  /** It is no longer believed. */
  forget() {
    this.#newest = null;
  }
}
