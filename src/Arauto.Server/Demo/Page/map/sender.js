// Brings this page's wishes to the service: one after the other, and again until it answers.

import { GONE } from './board.js';
import { Refused, Unreachable } from './service.js';

const PACE = 100; // Between two states of one object, such as while it is dragged; the last one always follows.
const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

export class Sender {
  #board;
  #service;
  #isRunning = false;
  #wait = null; // {end} while it waits for the service.

  constructor(board, service) {
    this.#board = board;
    this.#service = service;
    board.addEventListener('wish', () => this.#run());
  }

  /** The service may be there again: tries at once. */
  wake() {
    this.#wait?.end();
  }

  async #run() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    let failures = 0;
    while (this.#board.wishes.length > 0) {
      const [item] = this.#board.wishes;
      const pace = delay(PACE);
      try {
        await this.#send(item);
        failures = 0;
        if (this.#board.wishes[0] === item) await pace.over;
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        const ceiling = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures++);
        this.#wait = delay(error.retryAfter * 1_000 + Math.random() * ceiling);
        await this.#wait.over;
        this.#wait = null;
      } finally {
        pace.end();
      }
    }
    this.#isRunning = false;
  }

  async #send(item) {
    const { kind, id, wish, base } = item;
    this.#board.sent(item, wish);
    try {
      const saved = wish === GONE ? await this.#service.delete(kind, id, base) : await this.#service.save(kind, id, { version: base, ...wish });
      this.#board.saved(item, wish, saved);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#board.refused(item, error);
    }
  }
}

function delay(milliseconds) {
  let end;
  const over = new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    end = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { over, end };
}
