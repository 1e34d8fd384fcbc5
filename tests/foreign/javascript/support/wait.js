// Clients that go with their test, and waits that end.

import assert from "node:assert/strict";
import { io } from "socket.io-client";

const DEADLINE = 30_000;

/** Rejects what does not happen in time, and says what it was. */
export function inTime(what, promise, deadline = DEADLINE) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not happen in ${deadline} ms`)), deadline);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** The arguments of an emitter's next event of one name. */
export function next(emitter, name) {
  return inTime(`"${name}"`, new Promise((resolve) => emitter.once(name, (...args) => resolve(args))));
}

/** Waits until something holds, also what is found out asynchronously; says what there is if it does not. */
export async function until(what, condition, show = () => "") {
  for (const end = Date.now() + DEADLINE; !(await condition()); ) {
    if (Date.now() > end) assert.fail(`${what} did not come true in ${DEADLINE} ms ${JSON.stringify(show())}`);
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
