import assert from "node:assert/strict";
import test from "node:test";
import { settle, World } from "./support/world.js";

for (const transport of ["ws", "sse", "poll"]) {
  test(`${transport}: a slow reader pauses its subscription, and gets everything once it reads`, async (t) => {
    const world = new World(t, { transport, bufferLimit: 10 });
    const other = await world.listen("other");
    const iterator = world.client.channel("a")[Symbol.asyncIterator]();
    const first = iterator.next();
    await settle();
    for (let n = 0; n < 50; n++) {
      world.server.publish("a", n);
      await settle();
    }
    const subscribed = () => [...world.server.sockets, ...world.server.streams, ...world.server.polls]
      .flatMap(({ subscriptions, places }) => [...(subscriptions ?? places).keys()]);
    assert.deepEqual(subscribed(), ["other"]);
    world.server.publish("other", 1);
    await settle();
    assert.deepEqual([...other], [1]);
    const read = [(await first).value.data];
    while (read.length < 50) {
      read.push((await iterator.next()).value.data);
      await settle();
    }
    assert.deepEqual(read, Array.from({ length: 50 }, (_, n) => n));
    assert.deepEqual(subscribed().sort(), ["a", "other"]);
    await iterator.return();
  });
}

test("Leaving the loop ends the subscription if nobody else uses it", async (t) => {
  const world = new World(t);
  const read = [];
  const loop = (async () => {
    for await (const { data } of world.client.channel("a")) {
      read.push(data);
      if (data === 2) break;
    }
  })();
  await settle();
  for (const data of [1, 2, 3]) world.server.publish("a", data);
  await loop;
  await settle();
  assert.deepEqual(read, [1, 2]);
  assert.deepEqual([...world.server.sockets].map(({ subscriptions }) => subscriptions.size), [0]);
});

test("Two loops and a handler each get every message", async (t) => {
  const world = new World(t);
  const heard = await world.listen("a");
  const loops = [1, 2].map(async () => {
    const read = [];
    for await (const { data } of heard.channel) if (read.push(data) === 3) break;
    return read;
  });
  for (const data of [1, 2, 3]) world.server.publish("a", data);
  assert.deepEqual(await Promise.all(loops), [[1, 2, 3], [1, 2, 3]]);
  world.server.publish("a", 4);
  assert.deepEqual([...heard], [1, 2, 3, 4]);
});

test("Unsubscribing and closing end a loop after what it has not read yet", async (t) => {
  const world = new World(t);
  for (const end of [(channel) => channel.unsubscribe(), () => world.client.close()]) {
    const channel = world.client.channel("a");
    const iterator = channel[Symbol.asyncIterator]();
    const first = iterator.next();
    await settle();
    world.server.publish("a", 1);
    world.server.publish("a", 2);
    end(channel);
    assert.equal((await first).value.data, 1);
    assert.equal((await iterator.next()).value.data, 2);
    assert.equal((await iterator.next()).done, true);
  }
});

test("A client that closes with an error throws it from the loop", async (t) => {
  const world = new World(t);
  const loop = assert.rejects(async () => {
    for await (const _ of world.client.channel("a"));
  }, { code: "normal" });
  await settle();
  world.server.cut({ code: 1000, reason: "normal" });
  await loop;
});
