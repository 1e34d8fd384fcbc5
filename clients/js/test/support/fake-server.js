// A server of one process as the client sees it: logs, WebSockets, streams, polls, the HTTP API. Parts of the way to it
// can be blocked or cut. Cursors are readable here (`a=3&b=7`); the client must not care.

export const encode = (places) => Object.entries(places).map(([channel, offset]) => `${channel}=${offset}`).join("&");

const decode = (text) => (text ? text.split("&").map((part) => part.split("=")).map(([channel, offset]) => [channel, Number(offset)]) : []);

export class FakeServer {
  epoch = "e1";
  heartbeat = { interval: 30, timeout: 90 };
  /** What is blocked, and how: `ws`, `sse`, `poll`, `http` → `refuse` (an error at once) or `hang`. */
  blocked = new Map();
  /** Answers instead of the server: (kind, url, init) → Response or nothing. */
  intercept = () => undefined;
  /** Tokens that are taken; all if not set. */
  tokens = null;
  /** Every attempt and request, oldest first: `{ kind, url, token }`. */
  seen = [];
  /** Commands from WebSockets and the HTTP API. */
  commands = [];
  /** Publishes are answered by it: command → reply fields, an error `{ code, … }`, or null for no answer at all. */
  onPublish = (command) => this.#keyed(command);
  sockets = new Set();
  streams = new Set();
  polls = new Set();
  #logs = new Map();
  #keys = new Map();

  constructor() {
    const server = this;
    this.WebSocket = class {
      constructor(url, protocol) {
        Object.assign(this, { url, protocol, subscriptions: new Map(), isOpen: false });
        server.#connect(this);
      }
      send(text) {
        if (!this.isOpen) throw new Error("not open");
        const command = JSON.parse(text);
        queueMicrotask(() => this.isOpen && server.#receive(this, command));
      }
      close() {
        this.isOpen = false;
        server.sockets.delete(this);
      }
    };
    this.fetch = this.fetch.bind(this);
  }

  log(channel) {
    if (!this.#logs.has(channel)) this.#logs.set(channel, []);
    return this.#logs.get(channel);
  }

  publish(channel, data, type = "chat") {
    const log = this.log(channel);
    const offset = log.length + 1;
    const message = { type, channel, data, timestamp: "2026-11-20T10:00:00.000Z", id: `m${offset}`, offset, epoch: this.epoch, from: "bob", cursor: encode({ [channel]: offset }) };
    log.push(message);
    this.#deliver();
    return message;
  }

  /** Sends a frame to whoever is connected, whatever the transport. */
  tell(frame) {
    for (const socket of this.sockets) this.say(socket, frame);
    for (const stream of this.streams) stream.write(`event: control\ndata: ${JSON.stringify(frame)}\n\n`);
    for (const poll of this.polls) this.#answer(poll, { events: [frame] });
  }

  /** The heartbeat of streams. */
  beat() {
    for (const stream of this.streams) stream.write(": heartbeat\n\n");
  }

  /** Sends a frame over one WebSocket. */
  say(socket, frame) {
    if (socket.isOpen) socket.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** Ends every connection. */
  cut({ code = 1006, reason = "" } = {}) {
    for (const socket of [...this.sockets]) {
      socket.close();
      socket.onclose?.({ code, reason });
    }
    for (const stream of [...this.streams]) stream.end();
    for (const poll of [...this.polls]) poll.reject(new TypeError("cut"));
    this.streams.clear();
    this.polls.clear();
  }

  async fetch(url, init = {}) {
    const address = new URL(url);
    const kind = { "/events": "sse", "/poll": "poll", "/readyz": "ready" }[address.pathname] ?? "http";
    const token = init.headers?.Authorization?.slice("Bearer ".length);
    this.seen.push({ kind, url, token, method: init.method });
    const blocked = this.blocked.get(kind === "ready" ? "http" : kind);
    await null;
    if (blocked === "refuse") throw new TypeError("fetch failed");
    if (blocked === "hang") return this.#never(init.signal);
    const instead = await this.intercept(kind, address, init);
    if (instead) return instead;
    if (kind === "ready") return Response.json({ status: "ok" });
    if (this.tokens && !this.tokens.has(token)) return refuse(401, { code: "unauthorized", message: "no" });
    if (kind === "sse") return this.#stream(address, init.signal);
    if (kind === "poll") return this.#poll(address, init.signal);
    return this.#execute(address, init);
  }

  #connect(socket) {
    this.seen.push({ kind: "ws", url: socket.url });
    const blocked = this.blocked.get("ws");
    if (blocked === "hang") return;
    queueMicrotask(() => {
      if (blocked) {
        socket.onerror?.({});
        return socket.onclose?.({ code: 1006, reason: "" });
      }
      socket.isOpen = true;
      this.sockets.add(socket);
      socket.onopen?.({});
    });
  }

  #receive(socket, command) {
    this.commands.push({ ...command, over: "ws" });
    const { id, type, channel } = command;
    const reply = (fields) => this.say(socket, fields.code ? { type: "error", id, ...fields } : { type: "reply", id, ...fields });
    if (type === "auth") {
      if (this.tokens && !this.tokens.has(command.token)) {
        this.say(socket, { type: "error", code: "unauthorized", message: "no" });
        socket.close();
        return queueMicrotask(() => socket.onclose?.({ code: 4001, reason: "unauthorized" }));
      }
      if (id) return reply({ user: "alice" });
      this.say(socket, { type: "connected", connection: "c1", user: "alice", node: "n1", heartbeat: this.heartbeat });
    } else if (type === "subscribe") {
      const refused = this.refusals?.[channel];
      if (refused) return reply(refused);
      const since = new Map(decode(command.since)).get(channel);
      socket.subscriptions.set(channel, since ?? this.log(channel).length);
      reply({ channel, cursor: encode({ [channel]: socket.subscriptions.get(channel) }), offset: 0, epoch: this.epoch, resumed: since != null });
      this.#deliver();
    } else if (type === "unsubscribe") {
      socket.subscriptions.delete(channel);
      reply({});
    } else if (type === "ping") {
      this.say(socket, { type: "pong" });
    } else if (type !== "typing") {
      const answer = this.#do(command);
      if (answer) reply(answer);
    }
  }

  /** What a command gives, over any transport. */
  #do(command) {
    const log = this.log(command.channel);
    if (command.type === "publish") return this.onPublish(command);
    if (command.type === "presence") return { users: [{ user: "alice", connections: 1 }] };
    if (command.type === "history") return { messages: log.slice(-(command.limit ?? 50)), cursor: encode({ [command.channel]: log.length }), more: false };
    return command.read == null ? { receipts: [{ user: "bob", delivered: 2, read: 1 }] } : {};
  }

  #keyed(command) {
    if (!this.#keys.has(command.key)) {
      const { id, offset, epoch } = this.publish(command.channel, command.data, command.event);
      this.#keys.set(command.key, { message: id, offset, epoch, durable: true, fanout: "full", correlation_id: "x" });
    }
    return this.#keys.get(command.key);
  }

  async #execute({ pathname, searchParams }, { method, body }) {
    const [, channel, what] = /^\/v1\/channels\/([^/]+)\/(.+)$/.exec(pathname) ?? [null, null, "publish"];
    const type = { messages: "history", receipts: "receipt" }[what] ?? what;
    const command = { type, ...(channel && { channel: decodeURIComponent(channel) }), ...Object.fromEntries(searchParams), ...(body && JSON.parse(body)) };
    this.commands.push({ ...command, over: "http", method });
    if (type === "typing") return new Response(null, { status: 204 });
    const answer = this.#do(command);
    if (!answer) return new Promise(() => {});
    if (answer.code) return refuse(503, answer);
    return method === "POST" && type === "receipt" ? new Response(null, { status: 204 }) : Response.json(answer);
  }

  /** The places where a request begins: of several cursors the furthest counts, without any it is now. */
  #places({ searchParams }) {
    const since = (searchParams.get("since") ?? "").split(",").flatMap(decode);
    return new Map(searchParams.get("channels").split(",").map((channel) => {
      const offsets = since.filter(([name]) => name === channel).map(([, offset]) => offset);
      return [channel, offsets.length ? Math.max(...offsets) : this.log(channel).length];
    }));
  }

  #refusal(address) {
    const error = this.refusals && address.searchParams.get("channels").split(",").map((channel) => this.refusals[channel]).find(Boolean);
    return error && refuse(error.status ?? 403, error);
  }

  #stream(address, signal) {
    const refused = this.#refusal(address);
    if (refused) return refused;
    const places = this.#places(address);
    const encoder = new TextEncoder();
    let controller;
    const body = new ReadableStream({ start: (c) => void (controller = c) });
    const stream = {
      places,
      write: (text) => controller.enqueue(encoder.encode(text)),
      end: () => controller.close(),
    };
    signal.addEventListener("abort", () => {
      if (this.streams.delete(stream)) controller.error(signal.reason);
    });
    this.streams.add(stream);
    stream.write(`id: ${encode(Object.fromEntries(places))}\n: connected ${JSON.stringify({ type: "connected", connection: "c2", user: "alice", node: "n1", heartbeat: this.heartbeat })}\nretry: 1000\n\n`);
    this.#deliver();
    return new Response(body, { headers: { "Content-Type": "text/event-stream; charset=utf-8" } });
  }

  #poll(address, signal) {
    const refused = this.#refusal(address);
    if (refused) return refused;
    const places = this.#places(address);
    return new Promise((resolve, reject) => {
      const poll = { places, resolve, reject };
      this.polls.add(poll);
      signal.addEventListener("abort", () => {
        if (this.polls.delete(poll)) reject(signal.reason);
      });
      this.#deliver();
      if (address.searchParams.get("wait") === "0") this.#answer(poll);
      else setTimeout(() => this.#answer(poll), Number(address.searchParams.get("wait")) * 1_000);
    });
  }

  #answer(poll, { messages = [], events } = {}) {
    if (!this.polls.delete(poll)) return;
    poll.resolve(Response.json({ cursor: encode(Object.fromEntries(poll.places)), messages, ...(events && { events }) }));
  }

  #never(signal) {
    return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
  }

  /** Everything that somebody waits for. */
  #deliver() {
    const next = (places) => [...places].flatMap(([channel, offset]) => {
      places.set(channel, Math.max(offset, this.log(channel).length));
      return this.log(channel).slice(offset);
    });
    for (const socket of this.sockets) for (const message of next(socket.subscriptions)) this.say(socket, message);
    for (const stream of this.streams) {
      for (const [channel, offset] of stream.places) {
        for (const message of this.log(channel).slice(offset)) {
          stream.places.set(channel, message.offset);
          stream.write(`id: ${encode(Object.fromEntries(stream.places))}\ndata: ${JSON.stringify(message)}\n\n`);
        }
      }
    }
    for (const poll of this.polls) {
      const messages = next(poll.places);
      if (messages.length) this.#answer(poll, { messages });
    }
  }
}

export function refuse(status, error, headers = {}) {
  return Response.json({ error }, { status, headers });
}
