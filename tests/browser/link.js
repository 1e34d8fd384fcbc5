// The wire between a browser and the server, which a test can cut: a TCP relay on a port of its own.

import { createServer, connect } from 'node:net';
import { once } from 'node:events';

export class Link {
  #server;
  #pairs = new Set();
  #isCut = false;
  #isMute = false;

  /** @param {URL} target the server */
  static async open(target) {
    const link = new Link();
    link.#server = createServer((near) => link.#relay(near, target));
    link.#server.listen(0, '127.0.0.1');
    await once(link.#server, 'listening');
    link.url = `http://127.0.0.1:${link.#server.address().port}`;
    return link;
  }

  /** Breaks every connection and refuses new ones. */
  cut() {
    this.#isCut = true;
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.destroy();
    }
  }

  /** What the browser sends still arrives; what the server answers no longer does. */
  mute() {
    this.#isMute = true;
    for (const { far } of this.#pairs) far.pause();
  }

  mend() {
    this.#isCut = this.#isMute = false;
  }

  close() {
    this.cut();
    this.#server.close();
  }

  #relay(near, target) {
    if (this.#isCut) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    const pair = { near, far };
    this.#pairs.add(pair);
    near.pipe(far);
    far.on('data', (bytes) => near.write(bytes));
    if (this.#isMute) far.pause();
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.on('close', () => {
        this.#pairs.delete(pair);
        near.destroy();
        far.destroy();
      });
    }
  }
}
