// The state machine: which transport when, and how long between.

import assert from "node:assert/strict";
import test from "node:test";
import { ArautoClient } from "@arauto/client";
import { refuse } from "./support/fake-server.js";
import { settle, World } from "./support/world.js";

test("Connects over WebSocket with the token in the first frame and not in the address", async (t) => {
  const world = new World(t);
  assert.deepEqual(world.status, { state: "idle" });
  await world.listen("a");
  assert.deepEqual(world.took(), ["connecting ws", "connected ws"]);
  assert.equal(world.status.user, "alice");
  const [{ url }] = world.server.seen;
  assert.equal(url, "ws://server.test/ws");
  assert.deepEqual(world.server.commands[0], { type: "auth", token: "t1", over: "ws" });
});

test("Falls back at once from WebSocket to streaming to polling, and says where it came from", async (t) => {
  const world = new World(t);
  world.server.blocked.set("ws", "refuse").set("sse", "refuse");
  const received = await world.listen("a");
  assert.deepEqual(world.took(), ["connecting ws", "connecting sse", "connecting poll", "connected poll"]);
  const [, sse, poll] = world.server.seen.map(({ url }) => new URL(url).searchParams);
  assert.equal(sse.get("previous"), "websocket");
  assert.equal(poll.get("previous"), "sse");
  assert.equal(poll.get("reconnect"), null);
  world.server.publish("a", 1);
  await settle();
  assert.deepEqual([...received], [1]);
});

test("A transport that stays silent is given up after its time limit", async (t) => {
  const world = new World(t);
  world.server.blocked.set("ws", "hang");
  await world.listen("a");
  await world.pass(4_500);
  assert.deepEqual(world.took(), ["connecting ws"]);
  await world.pass(500);
  assert.deepEqual(world.took(), ["connecting sse", "connected sse"]);
});

test("A stream whose bytes are held back is given up, although its headers came", async (t) => {
  const world = new World(t);
  world.server.blocked.set("ws", "refuse");
  world.server.intercept = (kind) => kind === "sse" && new Response(new ReadableStream({}), { headers: { "Content-Type": "text/event-stream" } });
  await world.listen("a");
  await world.pass(5_000);
  assert.deepEqual(world.took(), ["connecting ws", "connecting sse", "connecting poll", "connected poll"]);
});

test("A page of somebody else in place of the stream is no stream", async (t) => {
  const world = new World(t);
  world.server.blocked.set("ws", "refuse");
  world.server.intercept = (kind) => kind === "sse" && new Response("<h1>Log in</h1>", { headers: { "Content-Type": "text/html" } });
  await world.listen("a");
  assert.equal(world.status.transport, "poll");
});

test("Only a whole round in vain waits, and waits grow", async (t) => {
  const world = new World(t);
  for (const kind of ["ws", "sse", "poll"]) world.server.blocked.set(kind, "refuse");
  await world.listen("a");
  assert.deepEqual(world.took(), ["connecting ws", "connecting sse", "connecting poll", "waiting"]);
  assert.equal(world.status.retryAt - Date.now(), 500);
  assert.equal(world.status.error.code, "unavailable");
  await world.pass(500);
  assert.equal(world.status.retryAt - Date.now(), 1_000);
  await world.pass(1_000);
  assert.equal(world.status.retryAt - Date.now(), 2_000);
  world.server.blocked.clear();
  await world.pass(2_000);
  assert.equal(world.status.transport, "ws");
});

test("After a lost connection the transport that worked last is tried first", async (t) => {
  const world = new World(t);
  world.server.blocked.set("ws", "refuse");
  await world.listen("a");
  world.took();
  world.tried();
  world.server.cut();
  await settle();
  assert.deepEqual(world.took(), ["waiting"]);
  await world.pass(500);
  assert.deepEqual(world.took(), ["connecting sse", "connected sse"]);
  assert.equal(world.server.seen.length, 1);
  assert.equal(new URL(world.server.seen[0].url).searchParams.get("reconnect"), "true");
});

test("A better transport is probed after 30 s, then at twice the time up to 5 min, and taken when it works", async (t) => {
  const world = new World(t);
  world.server.blocked.set("ws", "refuse");
  const received = await world.listen("a");
  world.tried();
  const started = Date.now();
  const probes = [];
  for (let left = 1_500; left > 0; left--) {
    await world.pass(1_000);
    world.server.beat();
    if (world.tried().includes("ws")) probes.push(Math.round((Date.now() - started) / 1_000));
  }
  assert.deepEqual(probes, [30, 90, 210, 450, 750, 1050, 1350]);
  assert.equal(world.status.transport, "sse");
  assert.equal(world.took().at(-1), "connected sse");
  world.server.blocked.clear();
  for (let i = 0; i < 10; i++) {
    await world.pass(30_000);
    world.server.beat();
  }
  assert.deepEqual(world.took(), ["connected ws"]);
  assert.equal(world.server.streams.size, 0);
  world.server.publish("a", "over ws");
  assert.deepEqual([...received], ["over ws"]);
});

test("A stream that is cut again and again does not put the probe off", async (t) => {
  const world = new World(t);
  world.server.blocked.set("ws", "refuse");
  await world.listen("a");
  world.server.blocked.clear();
  for (let i = 0; i < 3; i++) {
    await world.pass(9_000);
    world.server.cut();
    await world.pass(1_000);
  }
  await world.pass(5_000);
  assert.equal(world.status.transport, "ws");
});

test("From polling both better transports are probed, best first", async (t) => {
  const world = new World(t);
  world.server.blocked.set("ws", "refuse").set("sse", "refuse");
  await world.listen("a");
  world.server.blocked.delete("sse");
  world.took();
  world.tried();
  await world.pass(30_000);
  assert.deepEqual(world.took(), ["connected sse"]);
  assert.deepEqual(world.tried().filter((kind) => kind !== "poll"), ["ws", "sse"]);
  world.server.blocked.delete("ws");
  await world.pass(30_000);
  assert.deepEqual(world.took(), ["connected ws"]);
});

test("A connection lost while a better one is probed goes on with the probe", async (t) => {
  const world = new World(t);
  world.server.blocked.set("ws", "refuse");
  await world.listen("a");
  world.server.blocked.set("ws", "hang");
  await world.pass(30_000);
  world.took();
  world.server.cut();
  await settle();
  assert.deepEqual(world.took(), ["connecting ws"]);
  await world.pass(5_500);
  assert.deepEqual(world.took(), ["waiting", "connecting sse", "connected sse"]);
});

test("A named transport takes no other", async (t) => {
  const world = new World(t, { transport: "ws" });
  world.server.blocked.set("ws", "refuse");
  await world.listen("a");
  assert.deepEqual(world.took(), ["connecting ws", "waiting"]);
});

test("Without a WebSocket in the platform auto begins with streaming, and ws is refused", async (t) => {
  const world = new World(t, { WebSocket: undefined });
  await world.listen("a");
  assert.deepEqual(world.took(), ["connecting sse", "connected sse"]);
  assert.throws(() => new ArautoClient("http://server.test", { token: "t", transport: "ws", WebSocket: undefined }), /WebSocket/);
});

test("The first poll of a connection does not wait, so that it shows at once that it works", async (t) => {
  const world = new World(t, { transport: "poll" });
  await world.listen("a");
  world.server.cut();
  await world.pass(1_000);
  assert.equal(world.status.state, "connected");
  assert.deepEqual(world.server.seen.map(({ url }) => new URL(url).searchParams.get("wait")), ["0", "25", "0", "25"]);
});

test("Retry-After and retry_after are the least wait, with jitter", async (t) => {
  const world = new World(t, { transport: "sse" });
  world.server.intercept = () => refuse(503, { code: "unavailable", message: "Draining." }, { "Retry-After": "7" });
  await world.listen("a");
  assert.equal(world.status.retryAt - Date.now(), 7_500);
  world.server.intercept = () => refuse(429, { code: "rate_limited", message: "Wait.", retry_after: 20.5 });
  await world.pass(7_500);
  assert.equal(world.status.retryAt - Date.now(), 21_500);
});

test("Move opens another connection beside the old one after its time", async (t) => {
  const world = new World(t);
  const received = await world.listen("a");
  world.took();
  world.tried();
  const [old] = world.server.sockets;
  world.server.tell({ type: "move", after: 2, reason: "draining" });
  await world.pass(2_000);
  assert.deepEqual(world.tried(), []);
  await world.pass(1_000);
  assert.deepEqual(world.took(), ["connected ws"]);
  assert.equal(world.server.sockets.size, 1);
  assert.ok(!world.server.sockets.has(old));
  world.server.publish("a", 1);
  assert.deepEqual([...received], [1]);
});

test("A connection that the server ends after move comes back no sooner than it said", async (t) => {
  const world = new World(t);
  await world.listen("a");
  world.server.tell({ type: "move", after: 4, reason: "draining" });
  world.server.cut({ code: 1001 });
  assert.equal(world.status.state, "waiting");
  assert.equal(world.status.retryAt - Date.now(), 4_500);
});

test("A connection that the server ended after move is replaced once", async (t) => {
  for (const transport of ["ws", "sse"]) {
    await t.test(transport, async (t) => {
      const world = new World(t, { transport });
      await world.listen("a");
      world.tried();
      world.server.tell({ type: "move", after: 2, reason: "draining" });
      await world.pass(1_500);
      world.server.cut({ code: 1001 });
      await world.pass(20_000);
      assert.deepEqual(world.tried(), [transport]);
      assert.equal(world.status.state, "connected");
    });
  }
});

test("A server that is full beside the old connection leaves that in place", async (t) => {
  const world = new World(t);
  const received = await world.listen("a");
  world.took();
  for (const kind of ["ws", "sse", "poll"]) world.server.blocked.set(kind, "refuse");
  world.server.tell({ type: "move", after: 1, reason: "draining" });
  await world.pass(10_000);
  assert.deepEqual(world.took(), []);
  world.server.publish("a", 1);
  assert.deepEqual([...received], [1]);
});

test("A connection that held for ten seconds makes the waits begin anew, a shorter one does not", async (t) => {
  const world = new World(t, { transport: "ws" });
  await world.listen("a");
  const waits = [];
  for (let i = 0; i < 3; i++) {
    world.server.cut();
    waits.push(world.status.retryAt - Date.now());
    await world.pass(waits.at(-1));
    assert.equal(world.status.state, "connected");
  }
  await world.pass(10_000);
  world.server.cut();
  waits.push(world.status.retryAt - Date.now());
  assert.deepEqual(waits, [500, 1_000, 2_000, 500]);
});

for (const code of [1000, 1003]) {
  test(`Close code ${code} is final`, async (t) => {
    const world = new World(t);
    await world.listen("a");
    world.server.cut({ code, reason: "normal" });
    assert.equal(world.status.state, "closed");
    assert.equal(world.status.error.code, "normal");
    await assert.rejects(world.client.channel("a").publish("chat", 1), { code: "normal" });
  });
}

test("Silence is answered with a ping, and ends the connection after the server's time", async (t) => {
  const world = new World(t);
  await world.listen("a");
  const pings = () => world.server.commands.filter(({ type }) => type === "ping").length;
  await world.pass(90_000);
  assert.equal(pings(), 3);
  assert.equal(world.status.state, "connected");
  world.server.say = () => {};
  await world.pass(89_500);
  assert.equal(world.status.state, "connected");
  await world.pass(1_000);
  assert.notEqual(world.status.state, "connected");
  assert.match(world.statuses.findLast(({ state }) => state === "waiting").error.message, /in time/);
});

test("A stream without heartbeats ends after the server's time, one with them does not", async (t) => {
  const world = new World(t, { transport: "sse" });
  await world.listen("a");
  world.took();
  for (let i = 0; i < 5; i++) {
    await world.pass(30_000);
    world.server.beat();
    await settle();
  }
  assert.deepEqual(world.took(), []);
  await world.pass(90_500);
  assert.equal(world.took()[0], "waiting");
});

test("A poll without an answer ends the connection", async (t) => {
  const world = new World(t, { transport: "poll" });
  await world.listen("a");
  world.server.blocked.set("poll", "hang");
  await world.pass(56_000);
  assert.ok(world.took().includes("waiting"));
});

test("A client without channels stays connected over HTTP, and asks for them once there are some", async (t) => {
  for (const transport of ["sse", "poll"]) {
    await t.test(transport, async (t) => {
      const world = new World(t, { transport });
      world.client.connect();
      await settle();
      assert.equal(world.status.state, "connected");
      assert.deepEqual(world.tried(), ["ready"]);
      const received = await world.listen("a");
      world.server.publish("a", 1);
      await settle();
      assert.deepEqual([...received], [1]);
      received.channel.unsubscribe();
      await settle();
      assert.equal(world.server.streams.size + world.server.polls.size, 0);
      assert.equal(world.status.state, "connected");
    });
  }
});

test("Everything stops with close", async (t) => {
  for (const transport of ["ws", "sse", "poll"]) {
    await t.test(transport, async (t) => {
      const world = new World(t, { transport });
      const received = await world.listen("a");
      world.client.close();
      assert.deepEqual(world.status, { state: "closed", error: undefined });
      await settle();
      assert.equal(world.server.sockets.size + world.server.streams.size + world.server.polls.size, 0);
      world.tried();
      await world.pass(400_000);
      assert.deepEqual(world.tried(), []);
      await assert.rejects(received.channel.publish("chat", 1), { code: "closed" });
      assert.throws(() => world.client.channel("b").subscribe(), { code: "closed" });
    });
  }
});
