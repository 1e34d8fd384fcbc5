/** Random numbers that a test can have again: the seed is printed, and taken from ARAUTO_SEED. */
export function randomFromSeed() {
  const seed = Number(process.env.ARAUTO_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`ARAUTO_SEED=${seed}`);
  let state = seed;
  // Mulberry32: 32 bits of state are enough to choose what to click.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
