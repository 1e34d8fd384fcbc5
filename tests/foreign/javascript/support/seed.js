// Chance that can be repeated: the seed is printed, and taken from ARAUTO_SEED.

/** A source of random numbers: below(n) is 0 to n - 1. */
export function createRandom(t) {
  const seed = Number(process.env.ARAUTO_SEED ?? Math.floor(Math.random() * 2 ** 31));
  t.diagnostic(`ARAUTO_SEED=${seed}`);
  let state = seed >>> 0;
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { below: (bound) => Math.floor(next() * bound) };
}
