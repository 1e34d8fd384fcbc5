import assert from "node:assert/strict";
import test from "node:test";
import { settle, World } from "./support/world.js";

/** A JWT as far as a client reads it. */
const jwt = (name, seconds) => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ sub: name, name: "José >>>???", exp: Math.floor(Date.now() / 1_000) + seconds })}.x`;
};

for (const transport of ["ws", "sse", "poll"]) {
  test(`${transport}: a token that is not taken closes the client, without trying the other transports`, async (t) => {
    const world = new World(t, { transport: "auto", ...(transport !== "ws" && { WebSocket: undefined }) });
    if (transport === "poll") world.server.blocked.set("sse", "refuse");
    world.server.tokens = new Set(["other"]);
    const { channel } = await world.listen("a");
    assert.equal(world.status.state, "closed");
    assert.equal(world.status.error.code, "unauthorized");
    assert.equal(world.tried().at(-1), transport);
    await assert.rejects(channel.publish("chat", 1), { code: "unauthorized" });
  });

  test(`${transport}: a function is asked once more, then the client closes`, async (t) => {
    let asked = 0;
    const world = new World(t, { transport, token: async () => `t${++asked}` });
    world.server.tokens = new Set(["t2"]);
    await world.listen("a");
    assert.equal(world.status.state, "connected");
    assert.equal(asked, 2);
    world.server.tokens = new Set();
    world.server.cut({ code: 4002, reason: "token_expired" });
    await world.pass(2_000);
    assert.equal(world.status.state, "closed");
    assert.ok(asked <= 4);
  });

  test(`${transport}: a token is renewed a minute before its end, on the live connection`, async (t) => {
    let asked = 0;
    const tokens = [];
    const world = new World(t, {
      transport,
      token: () => {
        asked++;
        tokens.push(jwt("alice", 600));
        return tokens.at(-1);
      },
    });
    const received = await world.listen("a");
    world.took();
    for (let second = 0; second < 538; second += 1) {
      await world.pass(1_000);
      world.server.beat();
    }
    assert.equal(asked, 1);
    await world.pass(4_000);
    assert.equal(asked, 2);
    assert.deepEqual(world.took(), []);
    const used = transport === "ws" ? world.server.commands.findLast(({ type }) => type === "auth").token : world.server.seen.at(-1).token;
    assert.equal(used, tokens[1]);
    world.server.publish("a", 1);
    await settle();
    assert.deepEqual([...received], [1]);
  });
}

test("A short life is renewed at four fifths, a token without an end never", async (t) => {
  const asked = [];
  const world = new World(t, { token: () => (asked.push(Date.now()), asked.length === 1 ? jwt("alice", 100) : "opaque") });
  const started = Date.now();
  await world.listen("a");
  await world.pass(400_000);
  assert.deepEqual(asked.map((time) => time - started), [0, 80_000]);
});

test("A function that fails is a reason to wait, not to try other transports", async (t) => {
  let fails = true;
  const world = new World(t, {
    token: async () => {
      if (fails) throw new Error("the session server is away");
      return "t";
    },
  });
  await world.listen("a");
  assert.deepEqual(world.took(), ["connecting ws", "waiting"]);
  assert.match(world.status.error.message, /session server is away/);
  fails = false;
  await world.pass(1_000);
  assert.equal(world.status.state, "connected");
});

test("A token that comes after the client was closed is not renewed", async (t) => {
  let asked = 0;
  let give;
  const world = new World(t, { token: () => (asked++, new Promise((resolve) => (give = resolve))) });
  await world.listen("a");
  world.client.close();
  give(jwt("alice", 100));
  await world.pass(200_000);
  assert.equal(asked, 1);
  assert.deepEqual(world.tried(), []);
});

test("A renewal that fails is tried again, and the old token holds meanwhile", async (t) => {
  let asked = 0;
  const world = new World(t, {
    token: async () => {
      if (++asked === 2) throw new Error("away");
      return jwt("alice", 100);
    },
  });
  await world.listen("a");
  world.took();
  await world.pass(80_000);
  assert.equal(asked, 2);
  await world.pass(17_000);
  assert.equal(asked, 3);
  assert.deepEqual(world.took(), []);
});

test("A renewed token that the server refuses is an error of the client, and nothing ends", async (t) => {
  let asked = 0;
  const world = new World(t, { token: () => (++asked === 1 ? jwt("alice", 100) : "bad") });
  const say = world.server.say;
  world.server.say = function (socket, frame) {
    say.call(this, socket, frame.user && frame.id ? { type: "error", id: frame.id, code: "forbidden", message: "Another user." } : frame);
  };
  await world.listen("a");
  await world.pass(81_000);
  assert.deepEqual(world.errors.map(({ code }) => code), ["forbidden"]);
  assert.equal(world.status.state, "connected");
});

test("A command over HTTP that meets an expired token is sent again with a fresh one", async (t) => {
  let asked = 0;
  const world = new World(t, { transport: "poll", token: () => `t${++asked}` });
  const { channel } = await world.listen("a");
  world.server.tokens = new Set(["t2"]);
  const answer = channel.publish("chat", 1);
  await world.pass(2_000);
  assert.equal((await answer).offset, 1);
  assert.equal(world.status.state, "connected");
});
