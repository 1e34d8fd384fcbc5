// Connection-state recovery, as the official client does it: the server hands out pid and offsets, the client brings them back.

import assert from "node:assert/strict";
import test from "node:test";
import { WAYS, connected, cut, host, next, until } from "./support/world.js";

for (const way of WAYS) {
  test(`${way.name}: goes on with the same id and rooms, and gets what it missed in order`, async (t) => {
    const room = `recovery-${way.name}`;
    const [socket, other] = await Promise.all([connected(t, host.urls.clients, way), connected(t, host.urls.clients, way)]);
    await socket.emitWithAck("join", room);
    const heard = [];
    socket.on("room-msg", (_, number, bytes) => heard.push([number, bytes?.toString()]));
    const expected = [];
    let sent = 0;
    const send = async (count) => {
      for (let i = 0; i < count; i++, sent++) {
        other.emit("to-room", room, sent, Buffer.from(`${sent}`));
        expected.push([sent, `${sent}`]);
      }
      await other.emitWithAck("getId");
    };
    await send(5);
    await until("the first messages", () => heard.length === 5);

    // More than once, and once with nothing missed.
    for (const missed of [7, 0, 30]) {
      const id = socket.id;
      await cut(socket);
      const back = next(socket, "connect");
      await send(missed);
      await back;
      assert.equal(socket.recovered, true);
      assert.equal(socket.id, id);
      await send(2);
      await until("all messages", () => heard.length >= expected.length);
      assert.deepEqual(heard, expected);
    }
  });

  test(`${way.name}: recovers before the first event of the application`, async (t) => {
    const [socket, other] = await Promise.all([connected(t, host.urls.clients, way), connected(t, host.urls.clients, way)]);
    const id = socket.id;
    await socket.emitWithAck("join", "early");
    await cut(socket);
    const [back, missed] = [next(socket, "connect"), next(socket, "room-msg")];
    other.emit("to-room", "early", "missed");
    await other.emitWithAck("getId");
    await back;
    assert.equal(socket.recovered, true);
    assert.equal(socket.id, id);
    // Behind the arguments stands the offset, which the client leaves there.
    assert.deepEqual((await missed).slice(0, 2), ["early", "missed"]);
  });

  test(`${way.name}: does not recover after it left, nor with a secret that nobody has`, async (t) => {
    const socket = await connected(t, host.urls.clients, way);
    const id = socket.id;
    socket.disconnect();
    socket.connect();
    await next(socket, "connect");
    assert.equal(socket.recovered, false);
    assert.notEqual(socket.id, id);

    socket._pid = "AAAAAAAAAAAAAAAAAAAA";
    await cut(socket);
    await next(socket, "connect");
    assert.equal(socket.recovered, false);
  });
}
