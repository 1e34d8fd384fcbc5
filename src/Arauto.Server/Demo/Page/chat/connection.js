// The native protocol over one WebSocket that comes back by itself (docs/protocol.md).
// What was subscribed is resumed from its cursors, what was published without an answer is sent again under its key.

import { Backoff } from './backoff.js';
import { Disconnected, ServerError } from './errors.js';
import { Timers } from './timers.js';

const CONNECT_TIMEOUT = 10_000;
const PING_INTERVAL = 10_000;
const PONG_TIMEOUT = 5_000;
const STABLE_AFTER = 10_000; // A connection that held this long makes the back-off start anew.
const TOKEN_RETRY = 10_000;
const MOST_WAITING = 100; // Publishes without an answer.

// Close codes after which coming back by itself is pointless (docs/errors.md). An expired token is not among them: each
// connection fetches a fresh one.
const FINAL_CODES = new Set([1000, 1003, 4001, 4003]);
const TOO_LARGE = 1009;

/**
 * Events: `state` {name: connecting | connected | waiting | stopped, reason?, at?}, `roundtrip` (ms), `message`, `gap`,
 * `presence`, `typing`, `receipt` (the server's frames), `subscribed` (the reply), `refused` {channel, error},
 * `problem` (a ServerError that belongs to no command).
 */
export class Connection extends EventTarget {
  #url;
  #fetchToken;
  #socket = null;
  #state = { name: 'stopped' };
  #ids = 0;
  #backoff = new Backoff();
  #connectedAt = 0;
  #pingedAt = 0;
  #requests = new Map(); // id → {resolve, reject}
  #waiting = new Map(); // key → {frame, resolve, reject}: publishes without an answer, oldest first
  #places = new Map(); // channel → {cursor}
  #timers = new Timers();
  #round = 0; // Tells an attempt that was overtaken.

  /** @param {string} url the WebSocket's address @param {() => Promise<string>} fetchToken gives a fresh token */
  constructor(url, fetchToken) {
    super();
    this.#url = url;
    this.#fetchToken = fetchToken;
  }

  get state() {
    return this.#state;
  }

  /** Connects now, whatever the back-off says. */
  start() {
    if (this.#socket || this.#state.name === 'connecting') return;
    this.#connect();
  }

  /** Finds out whether the connection is still there, or connects at once if it waits to do so. */
  check() {
    if (this.#state.name === 'waiting') this.start();
    else if (this.#state.name === 'connected') this.#ping();
  }

  subscribe(channel) {
    if (this.#places.has(channel)) return;
    this.#places.set(channel, { cursor: null });
    if (this.#state.name === 'connected') this.#resume(channel);
  }

  unsubscribe(channel) {
    if (this.#places.delete(channel)) this.send({ type: 'unsubscribe', channel });
  }

  /** Publishes exactly once: over as many connections as it takes, under one key. */
  publish(channel, event, data, key) {
    if (this.#waiting.size >= MOST_WAITING) return Promise.reject(new Error('Too many messages wait for the connection.'));
    return new Promise((resolve, reject) => {
      const entry = { frame: { type: 'publish', channel, event, data, key }, resolve, reject };
      this.#waiting.set(key, entry);
      if (this.#state.name === 'connected') this.#post(entry);
    });
  }

  /** Sends a command and gives its reply; rejects if the server refuses or the connection ends before. */
  request(command) {
    if (this.#state.name !== 'connected') return Promise.reject(new Disconnected('Not connected.'));
    const id = ++this.#ids;
    return new Promise((resolve, reject) => {
      this.#requests.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ ...command, id }));
    });
  }

  /** Sends what may get lost: without a connection it is dropped. */
  send(command) {
    // With an id all the same, so that an error is known to be about this command and not about its channel.
    this.request(command).catch((error) => error instanceof Disconnected || this.#say('problem', error));
  }

  async #connect() {
    const round = ++this.#round;
    this.#timers.clear();
    this.#setState({ name: 'connecting', reason: this.#state.reason });
    let token;
    try {
      token = await this.#fetchToken();
    } catch (error) {
      if (round !== this.#round) return;
      this.#backoff.notWithin(error.retryAfter);
      this.#retry(error.message);
      return;
    }
    if (round !== this.#round) return;
    const socket = new WebSocket(this.#url, 'arauto.v1.json');
    this.#socket = socket;
    this.#timers.after('connect', CONNECT_TIMEOUT, () => this.#lose('no answer from the server'));
    // The token travels in the first frame: an address ends up in logs and histories.
    socket.onopen = () => this.#authenticate(socket, token);
    socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
    socket.onclose = (event) => this.#closed(event.code, event.reason);
  }

  #authenticate(socket, token) {
    const id = ++this.#ids;
    const reject = (error) => error instanceof ServerError && this.#say('problem', error);
    this.#requests.set(id, { resolve: ({ expires }) => this.#planRefresh(expires), reject });
    socket.send(JSON.stringify({ type: 'auth', id, token }));
  }

  #planRefresh(expires) {
    if (!expires) return;
    const left = Date.parse(expires) - Date.now();
    this.#timers.after('refresh', Math.max(1_000, Math.min(left - 60_000, left * 0.8)), () => this.#refresh());
  }

  async #refresh() {
    const round = this.#round;
    try {
      const { expires } = await this.request({ type: 'auth', token: await this.#fetchToken() });
      this.#planRefresh(expires);
    } catch {
      // The old token still holds. If it runs out, the server closes and the next connection has a fresh one.
      if (round === this.#round) this.#timers.after('refresh', TOKEN_RETRY, () => this.#refresh());
    }
  }

  #receive(frame) {
    switch (frame.type) {
      case 'connected':
        return this.#connected(frame);
      case 'reply':
        return this.#take(frame.id)?.resolve(frame);
      case 'error':
        return this.#failed(new ServerError(frame), frame.id);
      case 'pong':
        this.#timers.cancel('pong');
        return this.#say('roundtrip', performance.now() - this.#pingedAt);
      case 'move':
        this.#backoff.notWithin(frame.after);
        return this.#timers.after('move', frame.after * 1_000, () => this.#lose('the server asked to connect again'));
      case 'gap':
      case 'presence':
      case 'typing':
      case 'receipt':
        return this.#say(frame.type, frame);
      case 'heartbeat':
        return undefined;
      default:
        return this.#message(frame);
    }
  }

  #connected() {
    this.#timers.cancel('connect');
    this.#connectedAt = Date.now();
    this.#setState({ name: 'connected' });
    for (const channel of this.#places.keys()) this.#resume(channel);
    for (const entry of this.#waiting.values()) this.#post(entry);
    this.#ping();
  }

  #message(frame) {
    const place = this.#places.get(frame.channel);
    if (!place) return;
    place.cursor = frame.cursor;
    this.#say('message', frame);
  }

  async #resume(channel) {
    const place = this.#places.get(channel);
    try {
      const reply = await this.request({ type: 'subscribe', channel, ...(place.cursor && { since: place.cursor }) });
      if (this.#places.get(channel) !== place) return;
      place.cursor = reply.cursor;
      this.#say('subscribed', reply);
    } catch (error) {
      if (!(error instanceof Disconnected) && this.#places.get(channel) === place) this.#notSubscribed(channel, place, error);
    }
  }

  #notSubscribed(channel, place, error) {
    if (error.code === 'invalid_cursor') {
      place.cursor = null;
      this.#say('gap', { channel, from: 0, to: 0, reason: error.code });
      this.#resume(channel);
    } else if (error.code === 'unavailable' || error.code === 'rate_limited') {
      this.#timers.after(`resume ${channel}`, (error.retryAfter ?? 1) * 1_000, () => this.#places.has(channel) && this.#resume(channel));
    } else {
      this.#places.delete(channel);
      this.#say('refused', { channel, error });
    }
  }

  #failed(error, id) {
    const request = this.#take(id);
    const place = this.#places.get(error.channel);
    if (request) request.reject(error);
    else if (place && !id) this.#notSubscribed(error.channel, place, error);
    else this.#say('problem', error);
    if (this.#state.name !== 'connected') this.#backoff.notWithin(error.retryAfter);
  }

  async #post(entry) {
    try {
      entry.resolve(await this.request(entry.frame));
    } catch (error) {
      if (error instanceof Disconnected) return; // It waits for the next connection.
      entry.reject(error);
    }
    this.#waiting.delete(entry.frame.key);
  }

  /** Also the measure of the round trip that is shown. An answer that does not come ends the connection. */
  #ping() {
    this.#timers.after('ping', PING_INTERVAL, () => this.#ping());
    if (this.#timers.has('pong')) return;
    this.#pingedAt = performance.now();
    this.#timers.after('pong', PONG_TIMEOUT, () => this.#lose('the server does not answer'));
    this.#socket.send(JSON.stringify({ type: 'ping' }));
  }

  #closed(code, reason) {
    const why = reason ? `${reason.replaceAll('_', ' ')} (${code})` : `connection lost (${code})`;
    if (code === TOO_LARGE) this.#giveUpLargest();
    if (!FINAL_CODES.has(code)) return this.#lose(why);
    this.#leave();
    return this.#setState({ name: 'stopped', reason: why });
  }

  /** Sent again, it would only end the next connection too. */
  #giveUpLargest() {
    const length = ({ frame }) => JSON.stringify(frame).length;
    const largest = [...this.#waiting.values()].sort((a, b) => length(b) - length(a))[0];
    if (!largest) return;
    this.#waiting.delete(largest.frame.key);
    largest.reject(new Error('The message is larger than the server takes.'));
  }

  #lose(reason) {
    if (this.#state.name === 'connected' && Date.now() - this.#connectedAt >= STABLE_AFTER) this.#backoff.reset();
    this.#leave();
    this.#retry(reason);
  }

  #retry(reason) {
    const delay = this.#backoff.next();
    this.#setState({ name: 'waiting', reason, at: Date.now() + delay });
    this.#timers.after('retry', delay, () => this.#connect());
  }

  /** Lets go of the socket at once: on a dead network its close event takes a minute. */
  #leave() {
    this.#round++;
    this.#timers.clear();
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(1000);
    }
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    for (const request of requests) request.reject(new Disconnected('The connection was lost.'));
  }

  #take(id) {
    const request = this.#requests.get(id);
    this.#requests.delete(id);
    return request;
  }

  #setState(state) {
    this.#state = state;
    this.#say('state', state);
  }

  #say(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
