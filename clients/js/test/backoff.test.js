import assert from "node:assert/strict";
import test from "node:test";
import { Backoff } from "../build/backoff.js";

test("Waits are random between zero and a ceiling that doubles from one second to thirty", (t) => {
  const random = t.mock.method(Math, "random", () => 1);
  const backoff = new Backoff();
  const ceilings = Array.from({ length: 8 }, () => backoff._next());
  assert.deepEqual(ceilings, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  random.mock.mockImplementation(() => 0);
  assert.equal(backoff._next(), 0);
});

test("The first wait is under a second, and is so again after a reset", () => {
  const backoff = new Backoff();
  for (let round = 0; round < 100; round++) {
    assert.ok(backoff._next() < 1_000);
    backoff._next();
    backoff._reset();
  }
});

test("After a thousand tries the wait is still bounded", () => {
  const backoff = new Backoff();
  for (let round = 0; round < 1_100; round++) assert.ok(backoff._next() <= 30_000);
});
