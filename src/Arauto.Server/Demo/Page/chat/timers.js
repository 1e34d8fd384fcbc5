/** Timers by name: setting one anew replaces it. */
export class Timers {
  #running = new Map();

  after(name, delay, act) {
    this.cancel(name);
    this.#running.set(name, setTimeout(() => {
      this.#running.delete(name);
      act();
    }, delay));
  }

  has(name) {
    return this.#running.has(name);
  }

  cancel(name) {
    clearTimeout(this.#running.get(name));
    this.#running.delete(name);
  }

  clear() {
    for (const name of [...this.#running.keys()]) this.cancel(name);
  }
}
