// Nothing lost, nothing doubled, in order: over reconnects, transports and changes of the subscriptions.

import assert from "node:assert/strict";
import test from "node:test";
import { encode } from "./support/fake-server.js";
import { settle, World } from "./support/world.js";

const TRANSPORTS = ["ws", "sse", "poll"];

for (const transport of TRANSPORTS) {
  test(`${transport}: what was published while away comes after the reconnect, also to a channel that was quiet`, async (t) => {
    const world = new World(t, { transport });
    const a = await world.listen("a");
    const b = await world.listen("b");
    world.server.publish("a", 1);
    await settle();
    world.server.cut();
    world.server.publish("a", 2);
    world.server.publish("b", 3);
    await world.pass(1_000);
    world.server.publish("a", 4);
    await settle();
    assert.deepEqual([[...a], [...b]], [[1, 2, 4], [3]]);
  });

  test(`${transport}: a message that is repeated is dropped, one of another epoch is not`, async (t) => {
    const world = new World(t, { transport });
    const a = await world.listen("a", { since: encode({ a: 0 }) });
    world.server.publish("a", 1);
    world.server.publish("a", 2);
    await settle();
    world.server.log("a").push({ ...world.server.log("a")[0] });
    world.server.publish("a", 3);
    await settle();
    world.server.epoch = "e2";
    world.server.publish("a", 4);
    await settle();
    assert.deepEqual([...a], [1, 2, 3, 4]);
  });

  test(`${transport}: a channel that is left and entered again begins now, whatever the cursors of others name`, async (t) => {
    const world = new World(t, { transport });
    const a = await world.listen("a");
    const b = await world.listen("b");
    world.server.publish("b", 1);
    await settle();
    b.channel.unsubscribe();
    await settle();
    world.server.publish("b", "meanwhile");
    b.channel.subscribe();
    await settle();
    world.server.publish("b", 2);
    world.server.publish("a", 3);
    await settle();
    assert.deepEqual([[...a], [...b]], [[3], [1, 2]]);
  });

  test(`${transport}: a channel that is entered again with an older cursor goes back, at once or later`, async (t) => {
    for (const wait of [false, true]) {
      const world = new World(t, { transport });
      const a = await world.listen("a");
      const b = await world.listen("b");
      for (const data of [1, 2, 3]) world.server.publish("b", data);
      await settle();
      b.channel.unsubscribe();
      if (wait) await settle();
      world.client.channel("b", { since: encode({ b: 1 }) }).subscribe();
      await settle();
      world.server.publish("a", 4);
      await settle();
      assert.deepEqual([[...a], [...b]], [[4], [1, 2, 3, 2, 3]]);
      world.client.close();
      t.mock.timers.reset();
      t.mock.restoreAll();
    }
  });

  test(`${transport}: a gap is an event, and comes once`, async (t) => {
    const world = new World(t, { transport });
    const a = await world.listen("a");
    const gaps = [];
    a.channel.on("gap", (gap) => gaps.push(gap));
    const gap = { type: "gap", channel: "a", from: 1, to: 2, reason: "trimmed" };
    if (transport === "ws") world.server.tell(gap);
    else if (transport === "sse") for (const stream of world.server.streams) stream.write(`id: ${encode({ a: 2 })}\ndata: ${JSON.stringify(gap)}\n\n`);
    else for (const poll of world.server.polls) poll.resolve(Response.json({ cursor: encode({ a: 2 }), messages: [], gaps: [gap] }));
    await settle();
    assert.deepEqual(gaps, [gap]);
    if (transport !== "ws") assert.equal(a.channel.cursor, encode({ a: 2 }));
  });

  test(`${transport}: a refused channel ends alone, with its error`, async (t) => {
    const world = new World(t, { transport });
    world.server.refusals = { b: { code: "forbidden", message: "No." } };
    const a = await world.listen("a");
    const errors = [];
    world.client.channel("b").on("error", (error) => errors.push(error));
    await assert.rejects(async () => {
      for await (const _ of world.client.channel("b"));
    }, { code: "forbidden" });
    assert.deepEqual(errors.map(({ code }) => code), ["forbidden"]);
    const unheard = world.client.channel("c");
    world.server.refusals.c = { code: "unknown_channel", message: "No.", status: 404 };
    unheard.subscribe();
    await settle();
    assert.deepEqual(world.errors.map(({ code }) => code), ["unknown_channel"]);
    world.server.publish("a", 1);
    await world.pass(1_000);
    assert.deepEqual([...a], [1]);
    assert.equal(world.status.state, "connected");
  });

  test(`${transport}: signals come to their channel`, async (t) => {
    const world = new World(t, { transport });
    const a = await world.listen("a");
    await world.listen("b");
    const heard = [];
    for (const signal of ["presence", "typing", "receipt"]) a.channel.on(signal, (value) => heard.push(value));
    const frames = [
      { type: "presence", channel: "a", action: "join", user: "bob" },
      { type: "typing", channel: "a", user: "bob" },
      { type: "receipt", channel: "a", user: "bob", delivered: 2, read: 1 },
    ];
    for (const frame of frames) {
      world.server.tell(frame);
      world.server.tell({ ...frame, channel: "b" });
      await settle();
    }
    assert.deepEqual(heard, frames);
  });
}

// A poll is refused as a whole.
for (const transport of ["ws", "sse"]) {
  test(`${transport}: a subscription that the server puts off is asked for again when it said`, async (t) => {
    const world = new World(t, { transport });
    const a = await world.listen("a");
    const b = await world.listen("b");
    world.server.tell({ type: "error", channel: "b", code: "unavailable", message: "The store is away.", retry_after: 3 });
    for (const socket of world.server.sockets) socket.subscriptions.delete("b");
    await settle();
    world.server.publish("b", 1);
    world.server.publish("a", 2);
    await world.pass(2_500);
    assert.deepEqual([[...a], [...b]], [[2], []]);
    await world.pass(1_500);
    assert.deepEqual([...b], [1]);
  });
}

test("Messages of a channel that is not confirmed yet are left to its cursor", async (t) => {
  const world = new World(t, { transport: "ws" });
  await world.listen("x");
  for (const data of [1, 2, 3]) world.server.publish("user:alice", data);
  const receive = world.server.say;
  // The server pushes a user's own channel unasked, here before it answers the subscribe command.
  world.server.say = function (socket, frame) {
    if (frame.resumed) receive.call(this, socket, this.log("user:alice")[2]);
    receive.call(this, socket, frame);
  };
  const own = await world.listen("user:alice", { since: encode({ "user:alice": 0 }) });
  assert.deepEqual([...own], [1, 2, 3]);
});

test("What came over the old connection while the new one opened is not asked for again, and the cursor does not go back", async (t) => {
  const world = new World(t);
  world.server.blocked.set("ws", "refuse").set("sse", "refuse");
  const a = await world.listen("a");
  world.server.blocked.delete("sse");
  let release;
  world.server.intercept = (kind) => kind === "sse" && new Promise((resolve) => (release = resolve));
  await world.pass(30_000);
  world.server.publish("a", 1);
  await settle();
  assert.deepEqual([[...a], world.status.transport], [[1], "poll"]);
  const cursors = [];
  world.server.intercept = () => cursors.push(a.channel.cursor) && undefined;
  release();
  await settle();
  assert.equal(world.status.transport, "sse");
  assert.equal(new URL(world.server.seen.at(-1).url).searchParams.get("since"), encode({ a: 1 }));
  assert.deepEqual([...new Set([...cursors, a.channel.cursor])], [encode({ a: 1 })]);
  world.server.publish("a", 2);
  await settle();
  assert.deepEqual([...a], [1, 2]);
});

test("Each confirmation of a subscription is an event with the cursor", async (t) => {
  const world = new World(t, { transport: "ws" });
  const seen = [];
  world.client.channel("a").on("subscribe", (reply) => seen.push(reply));
  await settle();
  world.server.publish("a", 1);
  world.server.cut();
  await world.pass(1_000);
  assert.deepEqual(seen, [{ channel: "a", cursor: encode({ a: 0 }) }, { channel: "a", cursor: encode({ a: 1 }) }]);
});

test("A handler that throws does not stop the others, and its error is reported", async (t) => {
  const world = new World(t);
  const reported = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => reported.push(error.message));
  t.after(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
  });
  world.client.channel("a").on("chat", () => {
    throw new Error("mine");
  });
  const a = await world.listen("a");
  world.server.publish("a", 1);
  world.server.publish("a", 2);
  await settle();
  assert.deepEqual([...a], [1, 2]);
  assert.deepEqual(reported, ["mine", "mine"]);
});

/** A small generator with a seed, so that a failure can be repeated (ARAUTO_SEED). */
function generator(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("Whatever is cut, blocked, healed, left and entered: every message comes once and in order", async (t) => {
  const seed = Number(process.env.ARAUTO_SEED ?? (Date.now() % 1_000_000));
  t.diagnostic(`ARAUTO_SEED=${seed}`);
  const next = generator(seed);
  const world = new World(t, { bufferLimit: 8 }, { random: next });
  const names = ["a", "b", "c"];
  const received = {};
  for (const name of names) received[name] = await world.listen(name, { since: encode({ [name]: 0 }) });
  // A slow reader beside the handlers: its channel is held back and resumed all the time.
  const read = [];
  const slow = (async () => {
    for await (const { data } of world.client.channel("c")) {
      read.push(data);
      await settle();
    }
  })();
  const used = new Set();
  for (let step = 0; step < 600; step++) {
    // However the dice fall, each transport gets its turn.
    if (step % 200 === 100) {
      world.server.blocked = new Map(TRANSPORTS.slice(0, Math.floor(step / 200)).map((name) => [name, "refuse"]));
      world.server.cut();
      await world.pass(40_000);
      used.add(world.status.transport);
    }
    const dice = next();
    if (dice < 0.5) world.server.publish(names[Math.floor(next() * 3)], step);
    else if (dice < 0.6) world.server.cut({ code: [1001, 1006, 1011, 4006][Math.floor(next() * 4)] });
    else if (dice < 0.7) world.server.blocked.set(TRANSPORTS[Math.floor(next() * 3)], next() < 0.5 ? "refuse" : "hang");
    else if (dice < 0.8) world.server.blocked.delete(TRANSPORTS[Math.floor(next() * 3)]);
    else if (dice < 0.83) {
      const { channel } = received.b;
      const since = channel.cursor;
      channel.unsubscribe();
      world.client.channel("b", { since }).subscribe();
    } else await world.pass(next() * 8_000);
    if (next() < 0.3) await settle();
    if (world.status.state === "connected") used.add(world.status.transport);
  }
  world.server.blocked.clear();
  world.server.beat();
  await world.pass(120_000);
  for (const name of names) assert.deepEqual([...received[name]], world.server.log(name).map(({ data }) => data), `channel ${name}, ARAUTO_SEED=${seed}`);
  assert.deepEqual(read, world.server.log("c").map(({ data }) => data), `iterator, ARAUTO_SEED=${seed}`);
  assert.deepEqual([...used].sort(), ["poll", "sse", "ws"]);
  world.client.close();
  await slow;
});
