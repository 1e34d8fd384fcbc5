// The published bundle against a server process: `dotnet build -c Release src/Arauto.Server` first.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test, { after, before } from "node:test";
import { ArautoClient } from "@arauto/client";
import { Gate } from "./support/gate.js";
import { missing, startServer } from "./support/real-server.js";

const TRANSPORTS = ["ws", "sse", "poll"];
const DEADLINE = 20_000;

let server;
let service;

before(async () => {
  if (missing) return;
  server = await startServer();
  service = connect(await server.token("publisher"), { transport: "poll" });
});

after(async () => {
  service?.close();
  await server?.stop();
});

function connect(token, options = {}, url = server.url) {
  return new ArautoClient(url, { token, ...options });
}

/** Waits until something holds; what, says the message of a failure. */
async function until(what, condition) {
  for (const end = Date.now() + DEADLINE; !condition(); ) {
    if (Date.now() > end) assert.fail(`${what} did not come true in ${DEADLINE} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A client with one channel, and what it received. */
async function listener(t, channel, options, url) {
  const client = connect(() => server.token("alice"), options, url);
  t.after(() => client.close());
  const received = [];
  const gaps = [];
  const confirmed = [];
  const room = client.channel(channel, options)
    .on("count", ({ data }) => received.push(data))
    .on("gap", (gap) => gaps.push(gap))
    .on("subscribe", (reply) => confirmed.push(reply));
  await until("the subscription", () => confirmed.length > 0);
  return { client, room, received, gaps, confirmed };
}

const channelName = () => `public:${randomUUID()}`;
const counting = (count) => Array.from({ length: count }, (_, n) => n);

async function publish(channel, from, to) {
  for (let n = from; n < to; n++) await service.channel(channel).publish("count", n);
}

const options = { skip: missing && `integration tests of the browser client: ${missing}` };

for (const transport of TRANSPORTS) {
  test(`${transport}: messages arrive, commands are answered`, options, async (t) => {
    const channel = channelName();
    const { client, room, received } = await listener(t, channel, { transport });
    assert.equal(client.status.state, "connected");
    assert.equal(client.status.transport, transport);
    const published = await room.publish("count", 0, { key: "k" });
    assert.deepEqual([published.offset, published.durable, published.fanout], [1, true, "full"]);
    assert.equal((await room.publish("count", 0, { key: "k" })).message, published.message);
    await until("the message", () => received.length > 0);
    await room.receipt({ read: 1 });
    assert.deepEqual(await room.receipts(), [{ user: "alice", delivered: 1, read: 1 }]);
    assert.deepEqual((await room.presence()).map(({ user }) => user), ["alice"]);
    const page = await room.history({ limit: 5 });
    assert.deepEqual([page.messages.map(({ data, from }) => [data, from]), page.more], [[[0, "alice"]], false]);
    await assert.rejects(room.history({ before: "no cursor" }), { code: "invalid_cursor" });
  });

  test(`${transport}: presence, typing and receipts of others are told`, options, async (t) => {
    const channel = channelName();
    const { room } = await listener(t, channel, { transport });
    const heard = [];
    for (const signal of ["presence", "typing", "receipt"]) room.on(signal, (value) => heard.push(value));
    const bob = connect(await server.token("bob"), { WebSocket: undefined });
    t.after(() => bob.close());
    const seen = [];
    const other = bob.channel(channel).on("subscribe", (reply) => seen.push(reply));
    await until("bob's subscription", () => seen.length > 0);
    const has = (wanted) => heard.some(({ type }) => type === wanted);
    // Signals are told to who is there, and between two polls nobody is: bob goes on until he is noticed.
    const limit = Date.now() + DEADLINE;
    while (!(has("typing") && has("receipt"))) {
      assert.ok(Date.now() < limit, "no signal came");
      other.typing();
      await other.receipt({ read: (await other.publish("count", 1)).offset });
    }
    const mark = heard.find(({ type }) => type === "receipt");
    assert.deepEqual([mark.user, mark.channel, mark.read >= 1], ["bob", channel, true]);
    if (transport !== "poll") assert.ok(heard.some(({ type, action, user }) => type === "presence" && action === "join" && user === "bob"));
  });

  test(`${transport}: a cursor resumes on every other transport`, options, async (t) => {
    const channel = channelName();
    const { client, room, received } = await listener(t, channel, { transport });
    await publish(channel, 0, 3);
    await until("three messages", () => received.length === 3);
    const since = room.cursor;
    client.close();
    await publish(channel, 3, 6);
    for (const next of TRANSPORTS) {
      const other = await listener(t, channel, { transport: next, since });
      await until("the rest", () => other.received.length === 3);
      assert.deepEqual(other.received, [3, 4, 5]);
      assert.deepEqual(other.gaps, []);
    }
  });

  test(`${transport}: a channel that is refused ends alone`, options, async (t) => {
    const channel = channelName();
    const { client, received } = await listener(t, channel, { transport });
    const errors = [];
    client.channel("user:somebody-else").on("error", (error) => errors.push(error));
    client.channel("nothing:of-this-kind").on("error", (error) => errors.push(error));
    await until("both refusals", () => errors.length === 2);
    assert.deepEqual(errors.map(({ code }) => code).sort(), ["forbidden", "unknown_channel"]);
    await publish(channel, 0, 1);
    await until("the message", () => received.length === 1);
  });

  test(`${transport}: a slow loop gets everything`, options, async (t) => {
    const channel = channelName();
    const { room, client } = await listener(t, channel, { transport, bufferLimit: 5 });
    const read = [];
    const loop = (async () => {
      for await (const { data } of room) {
        read.push(data);
        await new Promise((resolve) => setTimeout(resolve, 5));
        if (read.length === 60) break;
      }
    })();
    await publish(channel, 0, 60);
    await loop;
    assert.deepEqual(read, counting(60));
    assert.equal(client.status.state, "connected");
  });
}

test("A token that is not valid closes the client", options, async (t) => {
  for (const transport of TRANSPORTS) {
    const client = connect("not.a.token", { transport });
    t.after(() => client.close());
    client.channel("updates").subscribe();
    await until(`the end over ${transport}`, () => client.status.state === "closed");
    assert.equal(client.status.error.code, "unauthorized");
  }
});

test("Down to polling and up to WebSocket again through a proxy that blocks: a counter arrives whole, in order, once", options, async (t) => {
  const gate = await Gate.open(server.url);
  const page = new EventTarget();
  globalThis.addEventListener = page.addEventListener.bind(page);
  t.after(() => {
    gate.close();
    delete globalThis.addEventListener;
  });
  gate.rules.ws = "refuse";
  const channel = channelName();
  const second = channelName();
  const { client, received, gaps } = await listener(t, channel, { timeout: 1_000 }, gate.url);
  const others = [];
  let begun = false;
  client.channel(second).on("count", ({ data }) => others.push(data)).on("subscribe", () => (begun = true));
  await until("the second subscription", () => begun);
  await until("streaming", () => client.status.transport === "sse");
  let n = 0;
  let isOver = false;
  const counter = (async () => {
    for (; !isOver; n++) await Promise.all([service.channel(channel).publish("count", n), service.channel(second).publish("count", n)]);
  })();
  const took = async (transport) => {
    const before = n;
    await until(transport, () => client.status.transport === transport);
    await until("messages over it", () => received.length > before + 5);
  };
  await took("sse");
  gate.rules.sse = "buffer";
  gate.cut();
  await took("poll");
  gate.cut();
  await took("poll");
  // Without the browser's event the probe comes after 30 s.
  gate.rules.sse = "pass";
  page.dispatchEvent(new Event("online"));
  await took("sse");
  gate.rules.ws = "pass";
  page.dispatchEvent(new Event("online"));
  await took("ws");
  gate.cut();
  await took("ws");
  isOver = true;
  await counter;
  await until("all messages", () => received.length === n && others.length === n);
  assert.deepEqual(received, counting(n));
  assert.deepEqual(others, counting(n));
  assert.deepEqual(gaps, []);
});

test("A hundred and twenty channels over one stream", options, async (t) => {
  for (const transport of ["sse", "poll"]) {
    const client = connect(await server.token("alice"), { transport });
    t.after(() => client.close());
    const names = Array.from({ length: 120 }, channelName);
    const received = [];
    const confirmed = new Set();
    for (const name of names) {
      client.channel(name).on("count", ({ channel }) => received.push(channel)).on("subscribe", ({ channel }) => confirmed.add(channel));
    }
    await until("all subscriptions", () => confirmed.size === names.length);
    await Promise.all(names.map((name) => service.channel(name).publish("count", 1)));
    await until("all messages", () => received.length === names.length);
    assert.deepEqual(received.sort(), names.sort());
  }
});
