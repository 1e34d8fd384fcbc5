// What others move glides to its new place: ten states a second then look like one movement.

import { between } from './geometry.js';

const DURATION = 140;
const still = matchMedia('(prefers-reduced-motion: reduce)');

export class Motion {
  #shown = new Map(); // item → the places that are drawn now
  #gliding = new Map(); // item → {from, to, start}
  #draw;
  #frame = 0;

  /** @param draw called with an item and its places, as often as they change */
  constructor(draw) {
    this.#draw = draw;
  }

  /** Shows an item at its places at once. */
  put(item, places) {
    this.#gliding.delete(item);
    this.#show(item, places);
  }

  /** Moves an item to its places. */
  glide(item, places) {
    const from = this.#shown.get(item);
    if (still.matches || from?.length !== places.length) {
      this.put(item, places);
      return;
    }
    this.#gliding.set(item, { from, to: places, start: performance.now() });
    this.#frame ||= requestAnimationFrame((now) => this.#step(now));
  }

  forget(item) {
    this.#gliding.delete(item);
    this.#shown.delete(item);
  }

  #step(now) {
    for (const [item, { from, to, start }] of this.#gliding) {
      const part = Math.min(1, Math.max(0, (now - start) / DURATION));
      this.#show(item, part === 1 ? to : between(from, to, part));
      if (part === 1) this.#gliding.delete(item);
    }
    this.#frame = this.#gliding.size ? requestAnimationFrame((next) => this.#step(next)) : 0;
  }

  #show(item, places) {
    this.#shown.set(item, places);
    this.#draw(item, places);
  }
}
