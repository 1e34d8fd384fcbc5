// Our servers and socket.io's own with its Redis adapters are one cluster: each of four servers, two of each kind, can do
// to sockets of all what its code can do to its own.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { NAMESPACES, startCluster } from "./support/cluster.js";
import { inTime, next, open, until } from "./support/wait.js";

const KINDS = [
  { adapter: "classic" },
  { adapter: "sharded", mode: "dynamic" },
  { adapter: "sharded", mode: "static" },
  { adapter: "sharded", mode: "dynamic-private" },
];
const SERVERS = ["a", "b", "c", "d"];
/** One of ours, and one on Node.js. */
const ORIGINS = ["a", "c"];

for (const kind of KINDS) {
  describe(`${kind.adapter}${kind.mode ? ` (${kind.mode})` : ""}`, () => {
    let cluster;
    let rooms = 0;

    before(async () => (cluster = await startCluster(kind)));

    after(() => cluster?.stop());

    /** With the classic adapter, servers on Node.js hear nobody in a namespace that looks like a pattern: they subscribe to the pattern. */
    const hearsInPattern = (server, origin) => kind.adapter === "sharded" || server === origin || ["a", "b"].includes(server);

    const newRoom = () => `room-${++rooms}`;

    /** One client on each server; what it hears is kept. */
    async function crowd(t, { namespace = "/", options = {} } = {}) {
      const people = {};
      for (const server of SERVERS) {
        // Not by the address: its reader takes brackets for those of a host.
        const socket = open(t, cluster.servers[server], { transports: ["websocket"], autoConnect: false, ...options }).io.socket(namespace, options);
        socket.connect();
        await next(socket, "connect");
        const heard = [];
        socket.on("said", (...args) => heard.push(args));
        people[server] = { socket, heard, ask: (name, ...args) => inTime(`${name} on ${server}`, socket.emitWithAck(name, ...args)) };
      }
      return people;
    }

    const everybody = (people, act) => Promise.all(SERVERS.map((server) => act(people[server], server)));

    /** Two rounds of marks to all who hear the origin: whatever was sent before has arrived behind them, also what came twice. */
    async function settle(people, hears = () => true) {
      for (const round of [1, 2]) {
        for (const origin of SERVERS) {
          const name = `mark-${origin}-${round}`;
          const marks = Promise.all(SERVERS.filter((server) => hears(server, origin)).map((server) => next(people[server].socket, name)));
          await people[origin].ask("do-emit", {}, name);
          await marks;
        }
      }
    }

    async function expectHeard(people, expected, hears) {
      await until("all is heard", () => SERVERS.every((server) => people[server].heard.length >= expected[server].length));
      await settle(people, hears);
      assert.deepEqual(Object.fromEntries(SERVERS.map((server) => [server, people[server].heard])), expected);
    }

    const from = (name, body) => ORIGINS.forEach((origin) => test(`${name}, from ${origin === "a" ? "one of ours" : "one on Node.js"}`, (t) => body(t, origin)));

    from("a namespace may look like a pattern", async (t, origin) => {
      const people = await crowd(t, { namespace: NAMESPACES[1] });
      await people[origin].ask("do-emit", {}, "said", 1);
      await expectHeard(people, Object.fromEntries(SERVERS.map((server) => [server, hearsInPattern(server, origin) ? [[1]] : []])), hearsInPattern);
    });

    from("events reach everybody once", async (t, origin) => {
      const people = await crowd(t);
      const args = [1, -70000, 2 ** 40, 1.5, "てすと 😀", null, { deep: [{ bytes: Buffer.from([0, 255]) }, true] }, Buffer.alloc(70_000, 7)];
      await people[origin].ask("do-emit", {}, "said", ...args);
      await people[origin].ask("do-emit", {}, "said");
      await expectHeard(people, { a: [args, []], b: [args, []], c: [args, []], d: [args, []] });
    });

    from("rooms and exceptions hold", async (t, origin) => {
      const people = await crowd(t);
      const [one, two, odd] = [newRoom(), newRoom(), `${newRoom()}#x[?*`];
      for (const server of ["a", "c"]) await people[server].ask("join", one);
      for (const server of ["b", "c", "d"]) await people[server].ask("join", two);
      for (const server of ["a", "d"]) await people[server].ask("join", odd);
      const emit = (target, text) => people[origin].ask("do-emit", target, "said", text);
      await settle(people);
      await emit({ to: [one] }, "one");
      await emit({ to: [one, two] }, "both");
      await emit({ to: [one, two], except: [odd] }, "but odd");
      await emit({ except: [one] }, "not one");
      await emit({ to: [odd] }, "odd");
      await emit({ to: [people.b.socket.id] }, "b alone");
      await emit({ to: [people.d.socket.id] }, "d alone");
      await emit({ to: [newRoom()] }, "nobody");
      await emit({ local: true }, "local");
      // Servers on Node.js drop a volatile event for a client to which they have just written.
      await settle(people);
      await emit({ to: [two], volatile: true }, "volatile");
      const sorted = (texts) => texts.sort();
      const expected = {
        a: ["one", "both", "odd"],
        b: ["both", "but odd", "not one", "b alone", "volatile"],
        c: ["one", "both", "but odd", "volatile"],
        d: ["both", "not one", "odd", "d alone", "volatile"],
      };
      expected[origin].push("local");
      const heard = (server) => people[server].heard.map(([text]) => text);
      await until("all is heard", () => SERVERS.every((server) => heard(server).length >= expected[server].length), () => SERVERS.map(heard));
      await settle(people);
      // Rooms are channels of their own, and order holds in each.
      assert.deepEqual(Object.fromEntries(SERVERS.map((server) => [server, sorted(heard(server))])), Object.fromEntries(SERVERS.map((server) => [server, sorted(expected[server])])));
    });

    from("a socket's broadcast leaves it out", async (t, origin) => {
      const people = await crowd(t);
      await people[origin].ask("broadcast-others", "said", "hello");
      await expectHeard(people, Object.fromEntries(SERVERS.map((server) => [server, server === origin ? [] : [["hello"]]])));
    });

    from("events of one server keep their order", async (t, origin) => {
      const people = await crowd(t);
      const room = newRoom();
      await everybody(people, ({ ask }) => ask("join", room));
      await settle(people);
      for (let i = 0; i < 200; i++) people[origin].socket.emit("do-emit", { to: [room] }, "said", i, () => {});
      const all = Array.from({ length: 200 }, (_, i) => [i]);
      await expectHeard(people, { a: all, b: all, c: all, d: all });
    });

    from("sockets are put into rooms and taken out", async (t, origin) => {
      const people = await crowd(t);
      const [first, second] = [newRoom(), newRoom()];
      await people.a.ask("join", first);
      await people.d.ask("join", first);
      await people[origin].ask("do-join", { to: [first], except: [people.d.socket.id] }, second);
      await people[origin].ask("do-join", { to: [people.b.socket.id] }, second);
      let found;
      const areMembers = (...servers) => async () => {
        found = (await people[origin].ask("do-fetch", { to: [second] })).map(({ id }) => id).sort();
        return JSON.stringify(found) === JSON.stringify(servers.map((server) => people[server].socket.id).sort());
      };
      await until("two are in the room", areMembers("a", "b"), () => found);
      await people[origin].ask("do-leave", { to: [first] }, second);
      await until("one is in the room", areMembers("b"), () => found);
      await settle(people);
      await people.c.ask("do-emit", { to: [second] }, "said", 1);
      await expectHeard(people, { a: [], b: [[1]], c: [], d: [] });
    });

    from("sockets of all servers are found, without the secrets of ours", async (t, origin) => {
      const secrets = { auth: { token: "s3cret-auth" }, query: { token: "s3cret-query", api: "s3cret-api" }, extraHeaders: { authorization: "Bearer s3cret-bearer", cookie: "session=s3cret-cookie", "x-api-key": "s3cret-header", "user-agent": "tester" } };
      const people = await crowd(t, { options: secrets });
      const room = newRoom();
      await everybody(people, ({ ask }, server) => Promise.all([ask("join", room), ask("note", { of: server })]));
      const found = await people[origin].ask("do-fetch", { to: [room] });
      assert.deepEqual(found.map(({ id }) => id).sort(), SERVERS.map((server) => people[server].socket.id).sort());
      for (const server of SERVERS) {
        const { id } = people[server].socket;
        const socket = found.find((one) => one.id === id);
        assert.deepEqual(socket.data, { note: { of: server } });
        assert.deepEqual([...socket.rooms].sort(), [id, room].sort());
        assert.equal(socket.handshake.headers["user-agent"], "tester");
        assert.equal(socket.handshake.query.EIO, "4");
        assert.ok(socket.handshake.url.startsWith("/socket.io/"));
        if (server === "b") assert.doesNotMatch(JSON.stringify(socket), /s3cret/);
      }
      assert.equal((await people[origin].ask("do-fetch", { to: [newRoom()] })).length, 0);
    });

    from("sockets are ended anywhere, and their connections with them where that is wanted", async (t, origin) => {
      const people = await crowd(t);
      // One of ours and one on Node.js has to do it, each with a second socket on the same connection.
      for (const server of ["b", "d"]) {
        const { socket } = people[server];
        const second = socket.io.socket(NAMESPACES[1], {});
        second.connect();
        await next(second, "connect");
        const left = next(socket, "disconnect");
        await people[origin].ask("do-disconnect", { to: [socket.id] }, false);
        assert.equal((await left)[0], "io server disconnect");
        const back = next(socket, "connect");
        socket.connect();
        await back;
        assert.ok(second.connected);
        const both = Promise.all([next(socket, "disconnect"), next(second, "disconnect")]);
        await people[origin].ask("do-disconnect", { to: [socket.id] }, true);
        for (const [reason] of await both) assert.ok(["transport close", "io server disconnect"].includes(reason), reason);
      }
      assert.ok(people.a.socket.connected && people.c.socket.connected);
    });

    from("an event for servers reaches all and is answered by each", async (t, origin) => {
      const people = await crowd(t);
      const others = SERVERS.filter((server) => server !== origin);
      const news = others.map((server) => next(people[server].socket, "news-here"));
      await people[origin].ask("do-server-emit", "news", { title: "x" }, 2);
      assert.deepEqual(await Promise.all(news), others.map(() => [{ title: "x" }, 2]));
      const { answers, missing } = await people[origin].ask("do-server-ask", "add", 2, 3);
      // Ours hears itself, as its handlers are servers' too.
      assert.deepEqual(answers, Array(origin === "a" ? 4 : 3).fill("5"));
      assert.equal(missing, undefined);
    });

    from("sockets of all servers acknowledge", async (t, origin) => {
      const people = await crowd(t);
      const room = newRoom();
      await everybody(people, async ({ socket, ask }, server) => {
        socket.on("question", (bytes, done) => done(server === "b" ? bytes : { server, length: bytes.length }));
        socket.on("silent", () => {});
        await ask("join", room);
      });
      const all = await people[origin].ask("do-ask", { to: [room] }, 5000, "question", Buffer.from([1, 2]));
      assert.deepEqual(all.answers.sort(), ["bytes 0102", ...["a", "c", "d"].map((server) => JSON.stringify({ server, length: 2 }))].sort());
      assert.equal(all.missing, undefined);
      assert.deepEqual(await people[origin].ask("do-ask", { to: [newRoom()] }, 5000, "question"), { answers: [] });
      const some = await people[origin].ask("do-ask", { to: [room], except: [people.d.socket.id] }, 5000, "question", Buffer.from([1]));
      assert.equal(some.answers.length, 3);
      const late = await people[origin].ask("do-ask", { to: [room] }, 300, "silent");
      assert.deepEqual([late.answers, Boolean(late.missing)], [[], true]);
    });

    /** The emitter speaks the classic protocol only. */
    const classic = (name, body) => kind.adapter === "classic" && test(name, body);

    classic("the emitter publishes into the cluster", async (t) => {
      const people = await crowd(t, { namespace: "/" });
      const { emitter } = cluster;
      const [room, other] = [newRoom(), newRoom()];
      emitter.in(people.a.socket.id).socketsJoin(room);
      emitter.in([people.b.socket.id, people.c.socket.id]).socketsJoin([room, other]);
      // At once behind the joining: each server takes what it hears in order.
      emitter.to(room).emit("said", "to room", Buffer.from([9]));
      emitter.to(room).to(other).except(people.c.socket.id).emit("said", "to both but c");
      emitter.in(other).socketsLeave(room);
      emitter.to(room).emit("said", "to a");
      emitter.emit("said", new Date(1_700_000_000_123));
      const date = ["2023-11-14T22:13:20.123Z"];
      const bytes = Buffer.from([9]);
      await expectHeard(people, {
        a: [["to room", bytes], ["to both but c"], ["to a"], date],
        b: [["to room", bytes], ["to both but c"], date],
        c: [["to room", bytes], date],
        d: [date],
      });
      const news = everybody(people, ({ socket }) => next(socket, "news-here"));
      emitter.serverSideEmit("news", 1, "two");
      assert.deepEqual(await news, SERVERS.map(() => [1, "two"]));
      const left = everybody(people, ({ socket }) => next(socket, "disconnect"));
      emitter.disconnectSockets();
      assert.deepEqual((await left).map(([reason]) => reason), SERVERS.map(() => "io server disconnect"));
    });

    classic("the emitter publishes into another namespace", async (t) => {
      const people = await crowd(t, { namespace: NAMESPACES[1] });
      const elsewhere = await crowd(t);
      const emitter = cluster.emitter.of(NAMESPACES[1]);
      const room = newRoom();
      emitter.in(people.b.socket.id).socketsJoin(room);
      emitter.to(room).emit("said", "to room");
      emitter.emit("said", "to all");
      // To those who emit only, servers on Node.js are deaf there.
      await expectHeard(people, { a: [["to all"]], b: [["to room"], ["to all"]], c: [], d: [] }, hearsInPattern);
      await expectHeard(elsewhere, { a: [], b: [], c: [], d: [] });
    });

    classic("a room may be a number on Node.js", async (t) => {
      const people = await crowd(t);
      await people.a.ask("join", "4711");
      await people.c.ask("join", 4711);
      cluster.emitter.to(4711).emit("said", "number");
      cluster.emitter.to([4711, 4712]).emit("said", "numbers");
      await expectHeard(people, { a: [["number"], ["numbers"]], b: [], c: [["number"], ["numbers"]], d: [] });
    });

    test("nothing of all that made our servers complain", () => assert.deepEqual(cluster.complaints(), []));

    test("servers whose connections to Redis are cut come together again", async (t) => {
      const people = await crowd(t);
      const room = newRoom();
      await everybody(people, ({ ask }) => ask("join", room));
      await cluster.cut();
      await cluster.complete(4);
      // Redis knows of a subscription before the server that has it does, which then still takes itself for one of the others.
      for (const origin of ORIGINS) await until(`${origin} finds all`, async () => (await people[origin].ask("do-fetch", { to: [room] }).catch(() => [])).length === 4);
      await settle(people);
      await people.c.ask("do-emit", { to: [room] }, "said", "c");
      await until("all heard c", () => SERVERS.every((server) => people[server].heard.length === 1));
      await people.a.ask("do-emit", { to: [room] }, "said", "a");
      await expectHeard(people, Object.fromEntries(SERVERS.map((server) => [server, [["c"], ["a"]]])));
    });

    test("a server that was killed is not waited for", async (t) => {
      const people = await crowd(t);
      await cluster.kill();
      await cluster.complete(3);
      for (const origin of ORIGINS) assert.equal((await people[origin].ask("do-fetch", {})).length, 3);
    });
  });
}
