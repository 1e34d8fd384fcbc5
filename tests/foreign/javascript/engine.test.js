// The official client of Engine.IO against the server: what Socket.IO stands on, by itself.

import assert from "node:assert/strict";
import test from "node:test";
import { Socket } from "engine.io-client";
import { WAYS, host, inTime, next, until } from "./support/world.js";

async function opened(t, way, url = host.urls.patient) {
  const socket = new Socket(url, { transports: way.transports });
  t.after(() => socket.close());
  const heard = [];
  socket.on("message", (data) => heard.push(data));
  await next(socket, "open");
  return { socket, heard };
}

for (const way of WAYS) {
  test(`${way.name}: text and binary come back as they are, in order, also across the upgrade`, async (t) => {
    const { socket, heard } = await opened(t, way);
    const sent = [];
    const send = (data) => {
      sent.push(data);
      socket.send(data);
    };
    // While the upgrade goes on, and for a while behind it.
    const end = Date.now() + 30_000;
    for (let i = 0; sent.length < 200 || socket.transport.name !== way.ends; i++) {
      send(i % 4 === 0 ? Buffer.from([i & 0xff, 0, 0xff]) : `text ${i} é😀`);
      // Slowly, if it takes long: what is echoed must not be more than the server holds for a client.
      if (sent.length > 200) await new Promise((resolve) => setTimeout(resolve, 1));
      else if (i % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
      assert.ok(Date.now() < end, "the upgrade does not end");
    }
    await until("everything is back", () => heard.length >= sent.length);
    assert.deepEqual(heard, sent);
  });

  test(`${way.name}: the server's first message and its cookies reach the client`, async (t) => {
    const socket = new Socket(host.urls.eioc, { transports: way.transports, withCredentials: true });
    t.after(() => socket.close());
    assert.deepEqual(await next(socket, "message"), ["hi"]);
    if (way.name !== "polling") return;
    socket.send("sendHeaders");
    assert.equal(JSON.parse((await next(socket, "message"))[0]).cookie, "1=1; 2=2");
  });

  test(`${way.name}: a message above the limit ends the session`, async (t) => {
    const { socket } = await opened(t, way, host.urls.eioc);
    await until(`transport ${way.ends}`, () => socket.transport.name === way.ends);
    socket.send("x".repeat(101));
    const [reason] = await next(socket, "close");
    assert.equal(reason, way.ends === "polling" ? "transport error" : "transport close");
  });

  test(`${way.name}: a handshake that the application refuses fails`, async (t) => {
    const socket = new Socket(host.urls.eioc, { transports: way.transports, query: { deny: "1" } });
    t.after(() => socket.close());
    await next(socket, "error");
    assert.equal(socket.readyState, "closed");
  });

  test(`${way.name}: the client's end is heard, and heartbeats go on until then`, async (t) => {
    const { socket } = await opened(t, way);
    for (let i = 0; i < 3; i++) await next(socket, "ping");
    const closed = inTime("the end", new Promise((resolve) => socket.once("close", resolve)));
    socket.close();
    assert.equal(await closed, "forced close");
  });
}
