// The official client behind a proxy that hands each request to another of three nodes: nothing binds a client to one, and
// it polls, goes over to WebSocket and talks as if there was one.

import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { BALANCERS, startBalancer } from "./support/balancer.js";
import { startRedis } from "./support/cluster.js";
import { createRandom } from "./support/seed.js";
import { startServer } from "./support/server.js";
import { inTime, next, open, until } from "./support/wait.js";

const NODES = 3;
const WAYS = [
  { name: "polling", transports: ["polling"], ends: "polling" },
  { name: "upgrade", transports: ["polling", "websocket"], ends: "websocket" },
];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

for (const { name: kind, skip } of BALANCERS) {
  describe(kind, { skip }, () => {
    let folder, redis, balancer;
    let nodes = [];
    let channels = 0;

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "arauto-balanced-"));
      redis = await startRedis();
      // The first makes the key that all have.
      nodes = [await startServer(redis.url, folder)];
      while (nodes.length < NODES) nodes.push(await startServer(redis.url, folder));
      balancer = await startBalancer(kind, folder, nodes.map((node) => node.url));
    });

    after(async () => {
      await balancer?.stop();
      for (const node of nodes) await node.stop();
      await redis?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    async function token(user) {
      const answer = await fetch(`${balancer.url}/dev/token`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user }) });
      return (await answer.json()).token;
    }

    /** A client of one channel, which notes what it hears and how often it was cut off. */
    async function enter(t, user, way, channel) {
      const socket = open(t, balancer.url, { transports: way.transports, auth: { token: await token(user) } });
      const person = { socket, heard: new Map(), cut: 0, ready: undefined };
      socket.on("said", (data, { offset }) => {
        assert.ok(!person.heard.has(offset), `${user} heard ${offset} twice`);
        person.heard.set(offset, data);
      });
      socket.on("disconnect", () => person.cut++);
      socket.on("connect", () => {
        person.ready = socket.emitWithAck("subscribe", channel);
        // Cut off again, it begins again.
        person.ready.catch(() => {});
      });
      await next(socket, "connect");
      await inTime("the subscription", person.ready);
      await until(`${user} is on ${way.ends}`, () => socket.io.engine.transport.name === way.ends);
      return person;
    }

    const message = (channel, data, key) => ({ channel, event: "said", data, key });
    const newChannel = () => `public:balanced-${++channels}`;

    for (const way of WAYS) {
      test(`${way.name}: many clients talk, and each hears everything once and in order`, async (t) => {
        const random = createRandom(t);
        const channel = newChannel();
        const people = [];
        for (let i = 0; i < 8; i++) people.push(await enter(t, `${kind}-${way.name}-${i}`, way, channel));
        const each = 20;
        await Promise.all(people.map(async ({ socket }, who) => {
          for (let i = 0; i < each; i++) {
            // Some are larger than what travels between nodes at once.
            const data = { who, i, ballast: random.below(15) === 0 ? "x".repeat(50_000) : "" };
            const answer = await inTime("an answer", socket.emitWithAck("publish", message(channel, data)));
            assert.ok(answer.offset > 0, JSON.stringify(answer));
            if (random.below(3) === 0) await pause(random.below(20));
          }
        }));
        const all = people.length * each;
        for (const person of people) {
          await until("everything is heard", () => person.heard.size === all);
          assert.deepEqual([...person.heard.keys()], Array.from({ length: all }, (_, i) => i + 1));
          for (let who = 0; who < people.length; who++)
            assert.deepEqual([...person.heard.values()].filter((data) => data.who === who).map((data) => data.i), Array.from({ length: each }, (_, i) => i));
          assert.equal(person.cut, 0);
        }
      });

      test(`${way.name}: a large message goes both ways`, async (t) => {
        const channel = newChannel();
        const person = await enter(t, `${kind}-large-${way.name}`, way, channel);
        const data = "€".repeat(20_000);
        await inTime("an answer", person.socket.emitWithAck("publish", message(channel, data)));
        await until("it is heard", () => person.heard.size === 1);
        assert.equal([...person.heard.values()][0], data);
      });

      test(`${way.name}: silence is no end`, async (t) => {
        const person = await enter(t, `${kind}-silent-${way.name}`, way, newChannel());
        // Beyond the time in which a node that does not answer would be given up.
        await pause(6000);
        assert.equal(person.cut, 0);
        await inTime("an answer", person.socket.emitWithAck("history", "public:balanced-1", {}));
      });
    }

    test("when Redis cuts off its subscribers nobody else is cut off, and nothing is lost", async (t) => {
      const channel = newChannel();
      const people = [];
      for (let i = 0; i < 6; i++) people.push(await enter(t, `${kind}-cut-${i}`, WAYS[i % 2], channel));
      const each = 12;
      const talking = Promise.all(people.map(async ({ socket }, who) => {
        for (let i = 0; i < each; i++) assert.ok((await inTime("an answer", socket.emitWithAck("publish", message(channel, { who, i })))).offset > 0);
      }));
      for (let cuts = 0; cuts < 3; cuts++) {
        await redis.client.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]);
        await pause(300);
      }
      await talking;
      const all = people.length * each;
      for (const person of people) {
        await until("everything is heard", () => person.heard.size === all);
        assert.deepEqual([...person.heard.keys()], Array.from({ length: all }, (_, i) => i + 1));
        assert.equal(person.cut, 0);
      }
    });

    test("when a node is killed its clients come back by another one and miss nothing", async (t) => {
      const random = createRandom(t);
      const channel = newChannel();
      const people = [];
      for (let i = 0; i < 12; i++) {
        // Clients that each take as many requests as there are nodes would all meet the same.
        for (let shift = random.below(NODES); shift > 0; shift--) await fetch(`${balancer.url}/healthz`);
        people.push(await enter(t, `${kind}-killed-${i}`, WAYS[i % 2], channel));
      }
      const publish = async (number) => {
        const { socket } = people[number % people.length];
        // With one key, until it is answered.
        for (let tries = 0; tries < 30; tries++) {
          const answer = await socket.timeout(1000).emitWithAck("publish", message(channel, number, `${kind}-${number}`)).catch(() => undefined);
          if (answer?.offset) return answer.offset;
        }
        return assert.fail(`message ${number} was never answered`);
      };
      const offsets = [];
      for (let i = 0; i < 40; i++) {
        if (i === 20) await nodes.pop().stop();
        offsets.push(await publish(i));
      }
      await until("everybody is back", () => people.every(({ socket }) => socket.connected));
      for (const person of people) {
        await inTime("the subscription", person.ready);
        const page = await inTime("the history", person.socket.emitWithAck("history", channel, { after: 0, limit: 100 }));
        assert.deepEqual(page.messages.map(({ data }) => data), Array.from({ length: 40 }, (_, i) => i));
        for (const [offset, data] of person.heard) assert.equal(offsets[data], offset);
      }
      t.diagnostic(`cut off: ${people.map((person) => person.cut)}`);
      assert.ok(people.some((person) => person.cut > 0), "nobody was on that node");
    });
  });
}
