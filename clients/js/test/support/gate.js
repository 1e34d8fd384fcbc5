// A proxy between client and server that lets through what a test allows: WebSocket, streams, requests.

import { createServer, request } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";

export class Gate {
  /** `refuse` answers 502, `buffer` holds the bytes of a stream back for ever. */
  rules = { ws: "pass", sse: "pass", poll: "pass" };
  #pages;
  #server;
  #sockets = new Set();

  /** @param pages of its own, by path: HTML, or a script if the path says so */
  static async open(target, pages = {}) {
    const gate = new Gate();
    gate.#pages = pages;
    gate.#server = createServer((incoming, outgoing) => gate.#forward(new URL(target), incoming, outgoing));
    gate.#server.on("upgrade", (incoming, socket, head) => gate.#upgrade(new URL(target), incoming, socket, head));
    gate.#server.on("connection", (socket) => gate.#keep(socket));
    gate.#server.listen(0, "127.0.0.1");
    await once(gate.#server, "listening");
    gate.url = `http://127.0.0.1:${gate.#server.address().port}/`;
    return gate;
  }

  /** Breaks every connection. */
  cut() {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  close() {
    this.#server.close();
    this.cut();
  }

  #keep(socket) {
    this.#sockets.add(socket);
    socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
  }

  #forward(target, incoming, outgoing) {
    const path = incoming.url.split("?")[0];
    if (this.#pages[path]) {
      outgoing.writeHead(200, { "Content-Type": `${path.endsWith(".js") ? "text/javascript" : "text/html"}; charset=utf-8` }).end(this.#pages[path]);
      return;
    }
    const rule = this.rules[{ "/events": "sse", "/poll": "poll" }[path]] ?? "pass";
    if (rule === "refuse") {
      outgoing.writeHead(502).end("Bad gateway");
      return;
    }
    const { method, headers, url } = incoming;
    const onward = request({ host: target.hostname, port: target.port, method, path: url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      if (rule === "buffer") outgoing.flushHeaders();
      else answer.pipe(outgoing);
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }

  #upgrade(target, incoming, socket, head) {
    if (this.rules.ws !== "pass") {
      socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const onward = connect(Number(target.port), target.hostname, () => {
      const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
      for (let i = 0; i < incoming.rawHeaders.length; i += 2) lines.push(`${incoming.rawHeaders[i]}: ${incoming.rawHeaders[i + 1]}`);
      onward.write(lines.join("\r\n") + "\r\n\r\n");
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    this.#keep(onward);
    onward.on("close", () => socket.destroy());
    socket.on("close", () => onward.destroy());
  }
}
