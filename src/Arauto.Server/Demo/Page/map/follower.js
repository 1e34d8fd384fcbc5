// Keeps the board as the service has it. Listens first and loads afterwards, so that nothing falls between the two;
// what is in both is told apart by its version.

import { toast } from '/demo/status.js';
import { Refused } from './service.js';

const KINDS = {
  'geometry.updated': 'areas',
  'subscription.updated': 'subscriptions',
  'incident.created': 'incidents',
  'incident.updated': 'incidents',
  'incident.deleted': 'incidents',
  notice: 'notices',
};
const LONGEST_WAIT = 10_000;

export class Follower {
  #board;
  #service;
  #held = []; // Events that came while the state was on its way; null while there is none on its way.
  #isStale = false;
  #isFollowing = false;
  #failures = 0;

  constructor(board, service) {
    this.#board = board;
    this.#service = service;
    board.addEventListener('missing', () => this.#reload());
  }

  /** @param channel of the client, on which the service publishes */
  follow(channel) {
    for (const event of Object.keys(KINDS)) channel.on(event, (message) => this.#take(message));
    // Once is enough: from then on the client resumes where it was, or says that something is missing.
    channel.on('subscribe', () => this.#isFollowing || this.#load());
    channel.on('gap', () => this.#reload());
    channel.on('error', ({ message }) => toast(message));
  }

  async #load() {
    this.#isFollowing = true;
    this.#held = []; // What came before the request is in its answer: it was saved before it was published.
    this.#isStale = false;
    try {
      this.#board.load(await this.#service.load());
    } catch (error) {
      if (error instanceof Refused) toast(error.message);
      else setTimeout(() => this.#load(), error.retryAfter * 1_000 + Math.min(LONGEST_WAIT, 500 * 2 ** this.#failures++));
      return;
    }
    this.#failures = 0;
    const held = this.#held;
    this.#held = null;
    for (const message of held) this.#take(message);
    if (this.#isStale) this.#load();
  }

  /** Something is missing, so what is held is not all there is. */
  #reload() {
    if (this.#held) this.#isStale = true;
    else this.#load();
  }

  #take(message) {
    const { type, data } = message;
    if (this.#held) this.#held.push(message);
    else if (Number.isSafeInteger(data?.version)) this.#board.apply(type, KINDS[type], data);
    // Any service may publish here; what it says to everybody is shown.
    else if (type === 'notice' && typeof data?.text === 'string') this.#board.overhear(data.text);
  }
}
