// What the files of tests with one host do: start it, and get to it in three ways.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { startHost } from "./host.js";
import { next, open, until } from "./wait.js";

export * from "./wait.js";

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

/** As open, and connected, on the last transport that it may use. */
export async function connected(t, url, way, options = {}) {
  const socket = open(t, url, { transports: way.transports, ...options });
  await next(socket, "connect");
  await until(`transport ${way.ends}`, () => socket.io.engine.transport.name === way.ends);
  return socket;
}
