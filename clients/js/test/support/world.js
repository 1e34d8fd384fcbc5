// A client, a fake server and a clock that only a test moves.

import { ArautoClient } from "@arauto/client";
import { FakeServer } from "./fake-server.js";

export const URL_ = "http://server.test";

/** Everything that has been begun goes on until it waits for time or for the test. */
export async function settle() {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export class World {
  server = new FakeServer();
  statuses = [];
  errors = [];

  constructor(t, options = {}, { random = 0.5 } = {}) {
    this.timers = t.mock.timers;
    this.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2026, 10, 20, 10) });
    this.random = t.mock.method(Math, "random", typeof random === "function" ? random : () => random);
    this.client = new ArautoClient(URL_, { token: "t1", WebSocket: this.server.WebSocket, fetch: this.server.fetch, ...options });
    this.client.on("status", (status) => this.statuses.push(status)).on("error", (error) => this.errors.push(error));
    t.after(() => this.client.close());
  }

  get status() {
    return this.client.status;
  }

  /** The states since the last look, in short: `connecting ws`, `connected sse`, `waiting`. */
  took() {
    return this.statuses.splice(0).map(({ state, transport }) => (transport ? `${state} ${transport}` : state));
  }

  /** Lets time pass, in steps in which the work of each moment is done. */
  async pass(milliseconds) {
    for (let left = milliseconds; left > 0; ) {
      const step = Math.min(left, 500);
      this.timers.tick(step);
      left -= step;
      await settle();
    }
  }

  /** Subscribes and collects the data of every message. */
  async listen(name, options) {
    const received = [];
    const channel = this.client.channel(name, options).on("*", ({ data }) => received.push(data));
    await settle();
    return Object.assign(received, { channel });
  }

  /** The transports that were tried, oldest first; without the HTTP API. */
  tried() {
    return this.server.seen.splice(0).map(({ kind }) => kind).filter((kind) => kind !== "http");
  }
}
