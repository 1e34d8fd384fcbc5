// The recorded frames of tests/fixtures/wire, which the tests of the server and of the .NET client read too.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { settle, World } from "./support/world.js";

const fixture = (name) => JSON.parse(readFileSync(new URL(`../../../tests/fixtures/wire/${name}.json`, import.meta.url), "utf8"));
const commands = new Map(fixture("commands").map(({ name, frame }) => [name, frame]));
const frames = fixture("frames");
const frame = (name) => frames.find((entry) => entry.name === name).frame;
const CHANNEL = "room:r1";

/** What the library sends, without ids, whose numbers are its own. */
function sent(world) {
  return world.server.commands.map(({ over, id, ...command }) => command);
}

const without = ({ id, correlation_id, ...command }) => command;

test("Every command of the library is one of the recorded ones", async (t) => {
  const world = new World(t);
  const since = commands.get("subscribe since a cursor").since;
  const channel = world.client.channel(CHANNEL, { since }).subscribe();
  const { event, data, key } = commands.get("publish with key and correlation id");
  channel.publish(event, data, { key });
  channel.history();
  channel.history({ before: 100, limit: 50 });
  channel.history({ after: 0, limit: 1000 });
  channel.history({ after: since, limit: 1 });
  channel.presence();
  channel.receipt({ delivered: 0 });
  channel.receipt({ read: 7 });
  channel.receipts();
  await settle();
  channel.typing();
  channel.unsubscribe();
  await settle();
  const names = [
    "subscribe since a cursor", "publish with key and correlation id", "history", "history before an offset", "history after offset 0",
    "history after a cursor", "presence", "receipt delivered", "receipt read", "receipts asked for", "typing", "unsubscribe",
  ];
  assert.deepEqual(sent(world).slice(1), names.map((name) => without(commands.get(name))));
});

test("A subscription from now is the recorded one without a cursor", async (t) => {
  const world = new World(t);
  world.client.channel(CHANNEL).subscribe();
  await settle();
  assert.deepEqual(sent(world)[1], without(commands.get("subscribe")));
});

test("The text of a command is the recorded one, field by field", async (t) => {
  const texts = [];
  const world = new World(t);
  const send = world.server.WebSocket.prototype.send;
  world.server.WebSocket.prototype.send = function (text) {
    texts.push(text);
    return send.call(this, text);
  };
  const channel = world.client.channel(CHANNEL).subscribe();
  channel.publish("chat", { content: "hi" }, { key: "k" });
  channel.history({ before: 100, limit: 50 });
  await settle();
  const expected = [
    { ...commands.get("publish"), id: 1, key: "k" },
    { ...commands.get("history before an offset"), id: 1 },
  ].map((command) => JSON.stringify(command));
  for (const text of expected) assert.ok(texts.some((known) => known.replace(/"id":\d+/, '"id":1') === text), text);
});

/** Connects, answers one command with the recorded frame, and gives what the caller gets. */
async function answered(t, name, call) {
  const world = new World(t);
  const { channel } = await world.listen(CHANNEL);
  const [socket] = world.server.sockets;
  world.server.onPublish = () => null;
  const say = world.server.say;
  world.server.say = () => {};
  const answer = call(channel);
  answer.catch(() => {});
  await settle();
  const { id } = world.server.commands.at(-1);
  say.call(world.server, socket, { ...frame(name), id });
  return answer;
}

const replies = {
  "reply to publish": [(channel) => channel.publish("chat", 1), (reply) => ({ ...reply, type: "reply" })],
  "reply to publish without backplane": [(channel) => channel.publish("chat", 1), (reply) => reply],
  "reply to publish while delivery waits": [(channel) => channel.publish("chat", 1), (reply) => reply],
  "reply to history": [(channel) => channel.history(), (reply) => reply],
  "reply to history without messages": [(channel) => channel.history(), (reply) => reply],
  "reply to presence": [(channel) => channel.presence(), ({ users }) => users],
  "reply to receipt": [(channel) => channel.receipts(), ({ receipts }) => receipts],
  reply: [(channel) => channel.receipt({ read: 1 }), () => undefined],
};

for (const [name, [call, expected]] of Object.entries(replies)) {
  test(`Recorded ${name}`, async (t) => {
    const { id, ...given } = Object(await answered(t, name, call));
    const { id: _, ...wanted } = Object(expected(frame(name)));
    assert.deepEqual(given, wanted);
  });
}

test("Recorded error of a command", async (t) => {
  // Repeated as often as it may be, the caller gets it in the end.
  const world = new World(t);
  const { channel } = await world.listen(CHANNEL);
  const { id, type, ...error } = frame("error of a command");
  world.server.onPublish = () => error;
  const answer = assert.rejects(channel.publish("chat", 1), { code: error.code, message: error.message, retryAfter: error.retry_after });
  await world.pass(20_000);
  await answer;
});

test("Recorded frames that nobody asked for", async (t) => {
  const world = new World(t);
  const heard = [];
  const channel = world.client.channel(CHANNEL);
  for (const event of ["*", "gap", "presence", "typing", "receipt"]) channel.on(event, (value) => heard.push(value));
  await settle();
  const [socket] = world.server.sockets;
  const names = frames.map(({ name }) => name).filter((name) => /^(message|presence|typing|receipt|gap)/.test(name));
  for (const name of names) world.server.say(socket, frame(name));
  assert.deepEqual(heard, names.map(frame));
  assert.equal(channel.cursor, frame("message of the server").cursor);
  for (const name of ["pong", "pong with id", "heartbeat", "reply to auth", "reply to auth with a token that does not end"]) world.server.say(socket, frame(name));
  world.server.say(socket, frame("error"));
  assert.deepEqual(world.errors.map(({ code, message }) => ({ code, message })), [{ code: "invalid_message", message: 'The field "type" is missing.' }]);
  assert.equal(heard.length, names.length);
});

test("Recorded connected, subscribe and move", async (t) => {
  const world = new World(t);
  const seen = [];
  const { channel } = await world.listen(CHANNEL);
  const { user, node, connection } = frame("connected");
  const [socket] = world.server.sockets;
  channel.on("subscribe", (reply) => seen.push(reply));
  world.server.say = () => {};
  channel.unsubscribe();
  channel.subscribe();
  await settle();
  const { id } = world.server.commands.at(-1);
  const reply = frame("reply to subscribe");
  socket.onmessage({ data: JSON.stringify({ ...reply, id }) });
  assert.deepEqual(seen, [{ channel: CHANNEL, cursor: reply.cursor }]);
  assert.deepEqual({ user: world.status.user, node: world.status.node, connection: world.status.connection }, { user, node, connection });
  socket.onmessage({ data: JSON.stringify(frame("move")) });
  world.server.cut({ code: 1001 });
  assert.equal(world.status.retryAt - Date.now(), frame("move").after * 1_000 + 500);
});
