// The official client of Socket.IO against the server, over each way in which it can get there.

import assert from "node:assert/strict";
import test from "node:test";
import { Manager } from "socket.io-client";
import { WAYS, connected, cut, host, next, open, until } from "./support/world.js";

for (const way of WAYS) {
  const over = (name, body) => test(`${way.name}: ${name}`, (t) => body(t));
  const connect = (t, options) => connected(t, host.urls.smoke, way, options);

  over("connects, with an id that is not the session's, and the server sees the transport", async (t) => {
    const socket = await connect(t);
    assert.equal(socket.id.length, 20);
    assert.notEqual(socket.id, socket.io.engine.id);
    assert.equal(await socket.emitWithAck("getId"), socket.id);
    assert.equal(await socket.emitWithAck("transport"), way.ends);
    assert.ok(!socket.recovered);
  });

  over("acknowledges with any number of arguments, in both directions", async (t) => {
    const socket = await connect(t);
    for (const args of [[], [1], ["x", { "3": [true] }, null, 1.5, "てすと 😀"]]) {
      const answer = await new Promise((resolve) => socket.emit("message-with-ack", ...args, (...back) => resolve(back)));
      assert.deepEqual(answer, args);
    }
    socket.once("question", (...args) => args.pop()("answer", args));
    assert.deepEqual(await new Promise((resolve) => socket.emit("ask-me", 1, { two: 2 }, (...back) => resolve(back))), ["answer", [1, { two: 2 }]]);
  });

  over("carries binary at any depth, in both directions and in acknowledgements", async (t) => {
    const socket = await connect(t);
    const one = Buffer.from([0, 1, 2, 0xff]);
    const large = Buffer.alloc(200_000, 7);
    const args = [one, { deep: [{ large }, "text"], empty: Buffer.alloc(0) }, 5];
    socket.emit("message", ...args);
    assert.deepEqual(await next(socket, "message-back"), args);
    assert.deepEqual(await new Promise((resolve) => socket.emit("message-with-ack", ...args, (...back) => resolve(back))), args);
    socket.once("question", (bytes, answer) => answer({ bytes }));
    assert.deepEqual(await socket.emitWithAck("ask-me", one), { bytes: one });
  });

  over("keeps the order of text and binary", async (t) => {
    const socket = await connect(t);
    const back = [];
    socket.on("message-back", (value) => back.push(Buffer.isBuffer(value) ? value.readUInt16BE() : value));
    for (let i = 0; i < 300; i++) {
      const bytes = Buffer.alloc(2);
      bytes.writeUInt16BE(i);
      socket.emit("message", i % 3 === 0 ? bytes : i);
    }
    await until("all messages", () => back.length === 300);
    assert.deepEqual(back, Array.from({ length: 300 }, (_, i) => i));
  });

  over("tells the server what it sends as auth", async (t) => {
    const socket = open(t, host.urls.smoke, { transports: way.transports, auth: (give) => give({ token: "abc", list: [1] }) });
    assert.deepEqual(await next(socket, "auth"), [{ token: "abc", list: [1] }]);
    const other = open(t, host.urls.smoke, { transports: way.transports });
    assert.deepEqual(await next(other, "auth"), [{}]);
  });

  over("shows query and headers to the handlers", async (t) => {
    const socket = await connected(t, host.urls.sioc, way, { query: { "&a": "&=?a", b: "2" }, extraHeaders: { "X-Extra": "yes" }, auth: { c: 3 } });
    const handshake = await socket.emitWithAck("getHandshake");
    assert.deepEqual([handshake.query["&a"], handshake.query.b, handshake.query.EIO, handshake.headers["x-extra"], handshake.auth], ["&=?a", "2", "4", "yes", { c: 3 }]);
    assert.equal(handshake.query.c, undefined);
  });

  over("shares one connection among namespaces", async (t) => {
    const manager = new Manager(host.urls.smoke, { transports: way.transports });
    t.after(() => manager._close());
    const [main, custom] = [manager.socket("/"), manager.socket("/custom", { auth: { from: "custom" } })];
    await Promise.all([next(main, "connect"), next(custom, "connect")]);
    assert.notEqual(main.id, custom.id);
    main.on("message-back", () => assert.fail("a message of the other namespace"));
    custom.emit("message", "here");
    assert.deepEqual(await next(custom, "message-back"), ["here"]);
    custom.disconnect();
    assert.equal(await main.emitWithAck("getId"), main.id);
    custom.connect();
    await next(custom, "connect");
    assert.equal(await custom.emitWithAck("getId"), custom.id);
  });

  over("is refused a namespace without losing the others", async (t) => {
    const manager = new Manager(host.urls.smoke, { transports: way.transports });
    t.after(() => manager._close());
    const main = manager.socket("/");
    await next(main, "connect");
    const [unknown] = await next(manager.socket("/random"), "connect_error");
    assert.equal(unknown.message, "Invalid namespace");
    assert.equal(unknown.data, undefined);
    const [refused] = await next(manager.socket("/no"), "connect_error");
    assert.equal(refused.message, "Auth failed (custom namespace)");
    assert.deepEqual(refused.data, { code: 42 });
    assert.equal(await main.emitWithAck("getId"), main.id);
  });

  over("reaches rooms, all of a namespace, and others than itself", async (t) => {
    const [alice, bob, carol] = await Promise.all([connect(t), connect(t), connect(t)]);
    const room = `room-${way.name}`;
    const heard = { alice: [], bob: [], carol: [] };
    for (const [name, socket] of Object.entries({ alice, bob, carol })) {
      socket.on("room-msg", (where, ...data) => heard[name].push([where, ...data]));
      socket.on("bcast", (...data) => heard[name].push(data));
    }
    /** Whatever was sent before has arrived: each hears this after it. */
    const settle = () => Promise.all([alice, bob, carol].map((socket) => {
      socket.emit("message", "settled");
      return next(socket, "message-back");
    }));
    assert.equal(await alice.emitWithAck("join", room), "ok");
    assert.equal(await bob.emitWithAck("join", room), "ok");
    const bytes = Buffer.from("doge");
    alice.emit("to-room", room, 1, { bytes });
    await Promise.all([next(alice, "room-msg"), next(bob, "room-msg")]);
    alice.emit("to-room-others", room, 2);
    await next(bob, "room-msg");
    carol.emit("bcast-others", 3);
    await Promise.all([next(alice, "bcast"), next(bob, "bcast")]);
    carol.emit("bcast-all", 4);
    await Promise.all([next(alice, "bcast"), next(bob, "bcast"), next(carol, "bcast")]);
    assert.equal(await bob.emitWithAck("leave", room), "ok");
    alice.emit("to-room", room, 5);
    await next(alice, "room-msg");
    alice.emit("to-room", bob.id, 6);
    await next(bob, "room-msg");
    await settle();
    assert.deepEqual(heard, {
      alice: [[room, 1, { bytes }], [3], [4], [room, 5]],
      bob: [[room, 1, { bytes }], [room, 2], [3], [4], [bob.id, 6]],
      carol: [[4]],
    });
  });

  over("is sent away from a namespace, or from the server", async (t) => {
    const socket = await connect(t);
    const custom = socket.io.socket("/custom");
    await next(custom, "connect");
    custom.emit("kick-nsp");
    assert.deepEqual(await next(custom, "disconnect"), ["io server disconnect", undefined]);
    const id = socket.id;
    assert.equal(await socket.emitWithAck("getId"), id);
    custom.connect();
    await next(custom, "connect");
    socket.emit("kick-hard");
    const [[reason], [other]] = await Promise.all([next(socket, "disconnect"), next(custom, "disconnect")]);
    assert.deepEqual([reason, other], ["transport close", "transport close"]);
    await Promise.all([next(socket, "connect"), next(custom, "connect")]);
    assert.notEqual(socket.id, id);
  });

  over("comes back by itself after its connection broke, and sends what waited", async (t) => {
    const socket = await connect(t);
    const id = socket.id;
    await cut(socket);
    socket.emit("message", "kept");
    assert.deepEqual(await next(socket, "message-back"), ["kept"]);
    assert.notEqual(socket.id, id);
    assert.ok(!socket.recovered);
    assert.equal(await socket.emitWithAck("getId"), socket.id);
  });

  over("times out where no acknowledgement comes, and goes on", async (t) => {
    const socket = await connect(t);
    await assert.rejects(socket.timeout(20).emitWithAck("unknown"), /timed out/);
    assert.equal(await socket.timeout(10_000).emitWithAck("getId"), socket.id);
  });

  over("sends again until an acknowledgement comes", async (t) => {
    const socket = await connect(t, { retries: 3, ackTimeout: 5_000 });
    assert.equal(await socket.emitWithAck("getId"), socket.id);
  });

  over("loses volatile events at most, and none of the others", async (t) => {
    const socket = await connected(t, host.urls.clients, way);
    const ticks = [];
    socket.on("tick", (i) => ticks.push(i));
    for (let round = 0; round < 3; round++) {
      const done = next(socket, "done");
      socket.emit("flood", 500);
      await done;
    }
    assert.deepEqual(ticks, [...new Set(ticks)].toSorted((a, b) => a - b));
  });

  over("takes part in several heartbeats", async (t) => {
    const socket = await connected(t, host.urls.patient, way);
    for (let i = 0; i < 3; i++) await next(socket.io, "ping");
    assert.equal(await socket.emitWithAck("message-with-ack", "alive"), "alive");
  });
}
