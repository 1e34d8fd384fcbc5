import assert from "node:assert/strict";
import test from "node:test";
import { EventStreamParser } from "../build/event-stream.js";

function read(...pieces) {
  const events = [];
  const parser = new EventStreamParser((event) => events.push({ ...event }));
  for (const piece of pieces) parser._push(piece);
  return events;
}

const STREAM = 'id: c1\n: connected {"a":1}\nretry: 5\n\nid: c2\nevent: control\ndata: {"b":\ndata:  2}\n\n: heartbeat\n\ndata\n\n';
const EVENTS = [
  { _comment: 'connected {"a":1}' },
  { _id: "c1" },
  { _id: "c2", _event: "control", _data: '{"b":\n 2}' },
  { _comment: "heartbeat" },
  { _data: "" },
];

test("Reads ids, comments, named events and data of several lines", () => {
  assert.deepEqual(read(STREAM), EVENTS);
});

for (const [name, end] of [["CR", "\r"], ["CRLF", "\r\n"]]) {
  test(`Takes ${name} for the end of a line`, () => {
    // A CR at the very end may be half of a CRLF, so one more line tells.
    assert.deepEqual(read(STREAM.replaceAll("\n", end), ":" + end + ":"), [...EVENTS, { _comment: "" }]);
  });
}

test("Gives the same events however the bytes are cut", () => {
  for (const text of [STREAM, STREAM.replaceAll("\n", "\r\n")]) {
    assert.deepEqual(read(...text), EVENTS);
    for (let cut = 1; cut < text.length; cut++) assert.deepEqual(read(text.slice(0, cut), text.slice(cut)), EVENTS, `cut at ${cut}`);
  }
});

test("An event that has not ended is not given", () => {
  assert.deepEqual(read("data: 1\n"), []);
  assert.deepEqual(read("data: 1\n", "\n"), [{ _data: "1" }]);
});

test("Only the first space after the colon is left out, and unknown fields are", () => {
  assert.deepEqual(read("data:  x: y\nother: z\n\n"), [{ _data: " x: y" }]);
});

test("A line that never ends is refused", () => {
  const parser = new EventStreamParser(() => {});
  const piece = "x".repeat(1 << 20);
  assert.throws(() => {
    for (let i = 0; i < 32; i++) parser._push(piece);
  }, RangeError);
});
