// The handlers that suites of other makers find in the host: each row of their tables once.

import assert from "node:assert/strict";
import test from "node:test";
import { Socket } from "engine.io-client";
import { WAYS, connected, host, next, open } from "./support/world.js";

const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

for (const way of WAYS) {
  const over = (name, body) => test(`${way.name}: ${name}`, body);

  over("sioc: events, acknowledgements and dates", async (t) => {
    const socket = await connected(t, host.urls.sioc, way);
    socket.emit("hi");
    assert.deepEqual((await next(socket, "hi")).filter((value) => typeof value !== "string"), []);
    for (const value of [123, null, "x", { a: [1] }, Buffer.from("b")]) assert.deepEqual(await socket.emitWithAck("echo", value), value);
    socket.on("ack", (answer) => answer(5, { test: true }));
    socket.emit("ack");
    await next(socket, "got it");
    assert.match(await socket.emitWithAck("getAckDate", { test: true }), ISO);
    socket.emit("getDate");
    assert.match((await next(socket, "takeDate"))[0], ISO);
    socket.emit("getDateObj");
    assert.match((await next(socket, "takeDateObj"))[0].date, ISO);
    assert.equal(await socket.emitWithAck("getId"), socket.id);
    await assert.rejects(socket.timeout(20).emitWithAck("my-event"), /timed out/);
  });

  over("sioc: text, false and binary", async (t) => {
    const socket = await connected(t, host.urls.sioc, way);
    const texts = [];
    socket.on("takeUtf8", (text) => texts.push(text));
    socket.emit("getUtf8");
    socket.emit("false");
    assert.equal((await next(socket, "false"))[0], false);
    assert.deepEqual(texts, ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"]);
    for (const [ask, answer] of [["doge", "doge"], ["getbin", "takebin"]]) {
      socket.emit(ask);
      assert.deepEqual((await next(socket, answer))[0], Buffer.from("asdfasdf"));
    }
    const bytes = Buffer.from("howdy");
    socket.emit("buffa", bytes);
    await next(socket, "buffack");
    socket.emit("jsonbuff", { hello: "lol", message: bytes, goodbye: "gotcha" });
    await next(socket, "jsonbuff-ack");
    socket.emit("abuff1", bytes);
    socket.emit("abuff2", "please arrive second");
    await next(socket, "abuff2-ack");
  });

  over("sioc: namespaces and who is let in", async (t) => {
    const socket = await connected(t, `${host.urls.sioc}/foo`, way);
    assert.equal(await socket.emitWithAck("getId"), socket.id);
    const abc = open(t, `${host.urls.sioc}/abc`, { transports: way.transports, query: { "&a": "&=?a" }, auth: { b: 1 } });
    const [handshake] = await next(abc, "handshake");
    assert.deepEqual([handshake.query["&a"], handshake.auth], ["&=?a", { b: 1 }]);
    for (const name of ["asd", "valid", "timeout_socket"]) await connected(t, `${host.urls.sioc}/${name}`, way);
    const refusal = async (url, options) => (await next(open(t, url, { transports: way.transports, ...options }), "connect_error"))[0].message;
    assert.equal(await refusal(`${host.urls.sioc}/no`), "Auth failed (custom namespace)");
    assert.equal(await refusal(host.urls.sioc, { query: { fail: "true" } }), "Auth failed (main namespace)");
    assert.equal(await refusal(`${host.urls.sioc}/invalid`), "Invalid namespace");
  });

  over("eioc: greeting, binary, text and echo", async (t) => {
    const socket = new Socket(host.urls.eioc, { transports: way.transports });
    t.after(() => socket.close());
    assert.deepEqual(await next(socket, "message"), ["hi"]);
    for (const [said, heard] of [["give binary", Buffer.from([0, 1, 2, 3, 4])], ["give utf8", "пойду спать всем спокойной ночи"], ["x", "x"], [Buffer.from("y"), Buffer.from("y")]]) {
      socket.send(said);
      assert.deepEqual((await next(socket, "message"))[0], heard);
    }
    socket.send("sendHeaders");
    const headers = JSON.parse((await next(socket, "message"))[0]);
    assert.equal(headers.cookie, undefined);
    assert.ok(headers.host);
  });
}

test("what is not mapped is not found", async () => {
  for (const url of Object.values(host.urls)) {
    for (const path of ["/", "/engine.io", "/socket.io", "/nothing/"]) assert.equal((await fetch(url + path)).status, 404);
  }
  assert.equal((await fetch(`${host.urls.sioc}/engine.io/?EIO=4&transport=polling`)).status, 404);
  assert.equal((await fetch(`${host.urls.eioc}/socket.io/?EIO=4&transport=polling`)).status, 404);
});
