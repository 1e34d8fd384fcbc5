// A cluster of Socket.IO servers on one Redis: ours as processes, and Node.js servers that do the same on a client's order.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { Emitter } from "@socket.io/redis-emitter";
import { createClient } from "redis";
import { Server } from "socket.io";
import { startMember } from "./host.js";

export const NAMESPACES = ["/", "/odd[a]*"];

export async function freePort() {
  const probe = createTcpServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

export async function startRedis() {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "arauto-cluster-"));
  const server = spawn("redis-server", ["--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "yes"], { stdio: "ignore" });
  const url = `redis://127.0.0.1:${port}`;
  const client = createClient({ url, socket: { reconnectStrategy: () => 50 } });
  client.on("error", () => {});
  await client.connect();
  return {
    url,
    client,
    async stop() {
      client.destroy();
      server.kill("SIGKILL");
      await once(server, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A server of socket.io with its Redis adapter; takes the orders that our host takes. */
async function startNode(redis, { adapter, mode }, options = {}) {
  const clients = [redis.client.duplicate(), redis.client.duplicate()];
  for (const client of clients) client.on("error", () => {});
  await Promise.all(clients.map((client) => client.connect()));
  const http = createServer();
  const io = new Server(http, {
    adapter: adapter === "sharded" ? createShardedAdapter(...clients, { subscriptionMode: mode }) : createAdapter(...clients, { requestsTimeout: 3000, ...options }),
  });
  for (const name of NAMESPACES) take(io.of(name));
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return {
    io,
    url: `http://127.0.0.1:${http.address().port}`,
    async stop() {
      await io.close();
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

function take(namespace) {
  const choose = ({ to = [], except = [], volatile = false, local = false }) => {
    let chosen = namespace;
    if (to.length > 0) chosen = chosen.to(to);
    if (except.length > 0) chosen = chosen.except(except);
    if (volatile) chosen = chosen.volatile;
    return local ? chosen.local : chosen;
  };
  const shown = (answer) => (Buffer.isBuffer(answer) ? `bytes ${answer.toString("hex")}` : JSON.stringify(answer));
  namespace.on("news", (...args) => namespace.local.emit("news-here", ...args));
  namespace.on("add", (a, b, answer) => answer(a + b));
  namespace.on("connection", (socket) => {
    socket.on("join", async (room, done) => done(await socket.join(room)));
    socket.on("note", (note, done) => done((socket.data.note = note)));
    socket.on("broadcast-others", (name, ...args) => socket.broadcast.emit(name, ...args.slice(0, -1)) && args.at(-1)());
    socket.on("do-emit", (target, name, ...args) => choose(target).emit(name, ...args.slice(0, -1)) && args.at(-1)());
    socket.on("do-ask", (target, timeout, name, ...args) => {
      const done = args.pop();
      choose(target).timeout(timeout).emit(name, ...args, (error, answers) => done({ answers: answers.map(shown), ...(error && { missing: true }) }));
    });
    socket.on("do-join", (target, room, done) => done(choose(target).socketsJoin(room)));
    socket.on("do-leave", (target, room, done) => done(choose(target).socketsLeave(room)));
    socket.on("do-disconnect", (target, close, done) => done(choose(target).disconnectSockets(close)));
    socket.on("do-fetch", async (target, done) => done((await choose(target).fetchSockets()).map(({ id, rooms, data, handshake }) => ({ id, rooms: [...rooms], data, handshake }))));
    socket.on("do-server-emit", (name, ...args) => namespace.serverSideEmit(name, ...args.slice(0, -1)) && args.at(-1)());
    socket.on("do-server-ask", (name, ...args) => {
      const done = args.pop();
      namespace.serverSideEmit(name, ...args, (error, answers) => done({ answers: answers.map(shown), ...(error && { missing: true }) }));
    });
  });
}

/** Starts a cluster: servers a and b are ours, c and d run on Node.js. */
export async function startCluster({ adapter, mode = "dynamic" }) {
  const redis = await startRedis();
  const ours = await Promise.all([startMember(redis.url, adapter, mode), startMember(redis.url, adapter, mode)]);
  // One answers to all and one to whoever asked, as they may.
  const theirs = await Promise.all([startNode(redis, { adapter, mode }), startNode(redis, { adapter, mode }, { publishOnSpecificResponseChannel: true })]);
  const counted = adapter === "sharded" ? ["SHARDNUMSUB", "socket.io#/#"] : ["NUMSUB", "socket.io-request#/#"];
  /** Waits until so many servers hear the cluster. */
  async function complete(servers) {
    const deadline = Date.now() + 20_000;
    for (let hearing = -1; hearing !== servers; ) {
      hearing = Number((await redis.client.sendCommand(["PUBSUB", ...counted]))[1]);
      assert.ok(Date.now() < deadline, `${hearing} servers hear the cluster, not ${servers}`);
    }
  }
  await complete(4);
  return {
    complete,
    /** Cuts the connections to Redis over which servers hear. */
    cut: () => redis.client.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]),
    /** kill -9 of server b. */
    kill: () => ours[1].stop(),
    servers: { a: ours[0].url, b: ours[1].url, c: theirs[0].url, d: theirs[1].url },
    redis,
    emitter: new Emitter(redis.client),
    complaints: () => ours.flatMap((host) => host.complaints()),
    async stop() {
      await Promise.all([...ours, ...theirs].map((server) => server.stop()));
      await redis.stop();
    },
  };
}
