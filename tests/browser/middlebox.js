// A proxy between browser and server with the faults of real ones: it refuses WebSocket, or holds answers back until they end.

import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';

export class Middlebox {
  #server;
  #target;
  #pages;
  #tunnels = new Set();
  #streams = new Set();
  #blocksWebSocket = false;
  #holdsStreams = false;

  /**
   * @param {URL} target the server
   * @param {Record<string, string>} pages of its own, by path: HTML, or a script if the path says so
   */
  static async open(target, pages) {
    const box = new Middlebox();
    box.#target = target;
    box.#pages = pages;
    box.#server = createServer((incoming, answer) => box.#pass(incoming, answer));
    box.#server.on('upgrade', (incoming, socket, head) => box.#tunnel(incoming, socket, head));
    box.#server.listen(0, '127.0.0.1');
    await once(box.#server, 'listening');
    box.url = `http://127.0.0.1:${box.#server.address().port}`;
    return box;
  }

  /** Refuses WebSocket handshakes, and breaks the connections there are. */
  blockWebSocket() {
    this.#blocksWebSocket = true;
    for (const socket of this.#tunnels) socket.destroy();
  }

  /** Passes event streams on only once they have ended, which they do not; breaks those there are. */
  holdStreams() {
    this.#holdsStreams = true;
    this.cutStreams();
  }

  /** Breaks the event streams there are; new ones pass. */
  cutStreams() {
    for (const answer of this.#streams) answer.destroy();
  }

  heal() {
    this.#blocksWebSocket = this.#holdsStreams = false;
  }

  close() {
    this.#server.closeAllConnections();
    for (const socket of this.#tunnels) socket.destroy();
    this.#server.close();
  }

  #pass(incoming, answer) {
    const page = this.#pages[new URL(incoming.url, this.url).pathname];
    if (page !== undefined) {
      answer.setHeader('Content-Type', `${incoming.url.endsWith('.js') ? 'text/javascript' : 'text/html'}; charset=utf-8`);
      answer.end(page);
      return;
    }
    const isStream = incoming.url.startsWith('/events');
    const outgoing = request({ host: this.#target.hostname, port: this.#target.port, path: incoming.url, method: incoming.method, headers: incoming.headers });
    incoming.pipe(outgoing);
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    outgoing.on('response', (response) => {
      if (isStream && this.#holdsStreams) {
        const held = [];
        response.on('data', (bytes) => held.push(bytes));
        response.on('end', () => answer.writeHead(response.statusCode, response.headers).end(Buffer.concat(held)));
        return;
      }
      if (isStream) {
        this.#streams.add(answer);
        answer.on('close', () => this.#streams.delete(answer));
      }
      answer.writeHead(response.statusCode, response.headers);
      response.pipe(answer);
    });
  }

  #tunnel(incoming, near, head) {
    if (this.#blocksWebSocket) {
      near.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const far = connect(Number(this.#target.port), this.#target.hostname, () => {
      const headers = incoming.rawHeaders.flatMap((text, i) => (i % 2 === 0 ? [`${text}: ${incoming.rawHeaders[i + 1]}`] : []));
      far.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      far.write(head);
      near.pipe(far).pipe(near);
    });
    this.#tunnels.add(near);
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#tunnels.delete(near);
        near.destroy();
        far.destroy();
      });
    }
  }
}
