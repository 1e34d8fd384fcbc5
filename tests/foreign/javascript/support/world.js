// What every file of tests does: one host, clients that go with their test, waits that end.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { io } from "socket.io-client";
import { startHost } from "./host.js";

const DEADLINE = 15_000;

/** The three ways in which a client gets to the server and stays there. */
export const WAYS = [
  { name: "polling", transports: ["polling"], ends: "polling" },
  { name: "websocket", transports: ["websocket"], ends: "websocket" },
  { name: "upgrade", transports: ["polling", "websocket"], ends: "websocket" },
];

export const host = {};

before(async () => Object.assign(host, await startHost()));

after(async () => {
  if (!host.stop) return;
  await host.stop();
  assert.deepEqual(host.complaints(), []);
});

/** Rejects what does not happen in time, and says what it was. */
export function inTime(what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen in ${DEADLINE} ms`)), DEADLINE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The arguments of an emitter's next event of one name. */
export function next(emitter, name) {
  return inTime(`"${name}"`, new Promise((resolve) => emitter.once(name, (...args) => resolve(args))));
}

/** Waits until something holds. */
export async function until(what, condition) {
  for (const end = Date.now() + DEADLINE; !condition(); ) {
    if (Date.now() > end) assert.fail(`${what} did not come true in ${DEADLINE} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Breaks a client's connection, as a network does. */
export async function cut(socket) {
  const gone = next(socket, "disconnect");
  socket.io.engine.close();
  await gone;
}

/** A client of one application, with a connection of its own unless told otherwise; closed with the test. */
export function open(t, url, options = {}) {
  const socket = io(url, { forceNew: true, reconnectionDelay: 10, reconnectionDelayMax: 50, ...options });
  t.after(() => socket.io._close());
  return socket;
}

/** As open, and connected, on the last transport that it may use. */
export async function connected(t, url, way, options = {}) {
  const socket = open(t, url, { transports: way.transports, ...options });
  await next(socket, "connect");
  await until(`transport ${way.ends}`, () => socket.io.engine.transport.name === way.ends);
  return socket;
}
