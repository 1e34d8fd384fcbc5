// Commands: the queue while offline, keys, repetitions, the last resort.

import assert from "node:assert/strict";
import test from "node:test";
import { settle, World } from "./support/world.js";

const publishes = (world) => world.server.commands.filter(({ type }) => type === "publish");

for (const transport of ["ws", "sse", "poll"]) {
  test(`${transport}: commands are answered`, async (t) => {
    const world = new World(t, { transport });
    const { channel } = await world.listen("a/ü");
    const published = await channel.publish("chat", { n: 1 });
    assert.deepEqual([published.message, published.offset, published.durable], ["m1", 1, true]);
    assert.deepEqual(await channel.presence(), [{ user: "alice", connections: 1 }]);
    assert.deepEqual(await channel.receipts(), [{ user: "bob", delivered: 2, read: 1 }]);
    const page = await channel.history({ before: 5, limit: 1 });
    assert.deepEqual([page.messages.map(({ data }) => data), page.more], [[{ n: 1 }], false]);
    assert.equal(await channel.receipt({ read: 1 }), undefined);
    channel.typing();
    await settle();
    assert.equal(world.server.commands.at(-1).type, "typing");
    assert.ok(world.server.commands.every(({ channel }) => !channel || channel === "a/ü"));
  });

  test(`${transport}: what is published offline is sent in order once connected, each under a key of its own`, async (t) => {
    const world = new World(t, { transport });
    world.server.blocked.set(transport, "refuse").set("http", "refuse");
    const channel = world.client.channel("a");
    const answers = [1, 2, 3].map((data) => channel.publish("chat", data));
    await world.pass(1_000);
    assert.deepEqual(publishes(world), []);
    world.server.blocked.clear();
    await world.pass(5_000);
    assert.deepEqual((await Promise.all(answers)).map(({ offset }) => offset), [1, 2, 3]);
    assert.deepEqual(world.server.log("a").map(({ data }) => data), [1, 2, 3]);
  });

  test(`${transport}: what may pass is repeated after 1, 2 and 4 s with the same key, then once by HTTP, then the caller is told`, async (t) => {
    const world = new World(t, { transport });
    const { channel } = await world.listen("a");
    const times = [];
    world.server.onPublish = () => {
      times.push(Date.now());
      return { code: "unavailable", message: "The store is away." };
    };
    const started = Date.now();
    const answer = assert.rejects(channel.publish("chat", 1, { key: "k" }), { code: "unavailable", message: "The store is away." });
    await settle();
    await world.pass(10_000);
    await answer;
    assert.deepEqual(times.map((time) => Math.floor((time - started) / 1_000)), [0, 1, 3, 7, 7]);
    assert.deepEqual([...new Set(publishes(world).map(({ key }) => key))], ["k"]);
    assert.equal(publishes(world).at(-1).over, "http");
  });
}

test("Keys that the client makes differ", async (t) => {
  const world = new World(t);
  const { channel } = await world.listen("a");
  await Promise.all([channel.publish("chat", 1), channel.publish("chat", 1)]);
  const [first, second] = publishes(world);
  assert.ok(first.key && second.key && first.key !== second.key);
  assert.ok(first.key.length <= 128);
});

test("The last resort gives the caller its answer", async (t) => {
  const world = new World(t);
  const { channel } = await world.listen("a");
  const original = world.server.onPublish;
  world.server.onPublish = (command) => (publishes(world).at(-1).over === "http" ? original(command) : { code: "unavailable", message: "No." });
  const answer = channel.publish("chat", 1);
  await world.pass(8_000);
  assert.equal((await answer).offset, 1);
});

test("retry_after is the least wait before the repetition", async (t) => {
  const world = new World(t);
  const { channel } = await world.listen("a");
  const original = world.server.onPublish;
  world.server.onPublish = () => ({ code: "rate_limited", message: "Wait.", retry_after: 5 });
  const answer = channel.publish("chat", 1);
  await settle();
  world.server.onPublish = original;
  await world.pass(4_500);
  assert.equal(publishes(world).length, 1);
  await world.pass(500);
  await answer;
});

test("A command without an answer in time is repeated", async (t) => {
  const world = new World(t);
  const { channel } = await world.listen("a");
  const original = world.server.onPublish;
  world.server.onPublish = () => null;
  const answer = channel.publish("chat", 1);
  await world.pass(10_000);
  world.server.onPublish = original;
  assert.equal(publishes(world).length, 1);
  await world.pass(1_000);
  assert.equal((await answer).offset, 1);
});

test("A refusal that does not pass is told at once", async (t) => {
  const world = new World(t);
  const { channel } = await world.listen("a");
  world.server.onPublish = () => ({ code: "forbidden", message: "No.", retry_after: undefined });
  await assert.rejects(channel.publish("chat", 1), { name: "ArautoError", code: "forbidden", message: "No." });
  assert.equal(publishes(world).length, 1);
});

test("A publish whose answer was lost with the connection is repeated over the next one and takes effect once", async (t) => {
  const world = new World(t);
  const received = await world.listen("a");
  const say = world.server.say;
  world.server.say = function (socket, frame) {
    if (frame.type !== "reply") say.call(this, socket, frame);
  };
  const answer = received.channel.publish("chat", "once");
  await settle();
  world.server.say = say;
  world.server.cut();
  world.server.blocked.set("ws", "refuse");
  await world.pass(2_000);
  assert.equal(world.status.transport, "sse");
  assert.equal((await answer).offset, 1);
  assert.equal(publishes(world).length, 2);
  assert.deepEqual([...received], ["once"]);
});

test("After close code 1009 what was on its way goes by HTTP, where only the one that is too large fails", async (t) => {
  const world = new World(t);
  const { channel } = await world.listen("a");
  const original = world.server.onPublish;
  world.server.onPublish = (command) => {
    if (command.data !== "large") return original(command);
    if (publishes(world).at(-1).over === "http") return { code: "too_large", message: "Too large." };
    queueMicrotask(() => world.server.cut({ code: 1009, reason: "too_large" }));
    return null;
  };
  const large = assert.rejects(channel.publish("chat", "large"), { code: "too_large" });
  const small = channel.publish("chat", "small");
  await world.pass(2_000);
  await large;
  assert.equal((await small).offset, 1);
  assert.equal(world.status.state, "connected");
});

test("At the bound of the queue a call is refused", async (t) => {
  const world = new World(t, { queueLimit: 2 });
  for (const kind of ["ws", "sse", "poll"]) world.server.blocked.set(kind, "refuse");
  const channel = world.client.channel("a");
  const waiting = [channel.publish("chat", 1), channel.history()];
  await assert.rejects(channel.publish("chat", 3), { code: "unavailable", message: /queueLimit/ });
  world.server.blocked.clear();
  await world.pass(5_000);
  await Promise.all(waiting);
  await channel.publish("chat", 4);
});

test("Close rejects what waits", async (t) => {
  const world = new World(t);
  world.server.blocked.set("ws", "hang");
  const answer = assert.rejects(world.client.channel("a").publish("chat", 1), { code: "closed" });
  await settle();
  world.client.close();
  await answer;
});

test("Many commands over HTTP keep their order and do not run out of time in the queue", async (t) => {
  const world = new World(t, { transport: "poll" });
  const { channel } = await world.listen("a");
  world.server.intercept = async (kind) => {
    if (kind === "http") await new Promise((resolve) => setTimeout(resolve, 500));
  };
  const answers = Array.from({ length: 40 }, (_, n) => channel.publish("chat", n));
  for (let i = 0; i < 50; i++) await world.pass(500);
  await Promise.all(answers);
  assert.deepEqual(world.server.log("a").map(({ data }) => data), Array.from({ length: 40 }, (_, n) => n));
  assert.equal(publishes(world).length, 40);
});

test("Typing without a connection is dropped", async (t) => {
  const world = new World(t);
  world.client.channel("a").typing();
  await world.listen("a");
  assert.ok(!world.server.commands.some(({ type }) => type === "typing"));
});

test("A network error of a command checks the stream, so that a dead connection shows", async (t) => {
  const world = new World(t, { transport: "sse" });
  const { channel } = await world.listen("a");
  world.server.blocked.set("http", "refuse").set("sse", "refuse");
  const answer = channel.publish("chat", 1);
  await settle();
  assert.equal(world.status.state, "waiting");
  world.server.blocked.clear();
  await world.pass(3_000);
  assert.equal((await answer).offset, 1);
});
