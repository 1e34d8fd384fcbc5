// The JavaScript client in a real browser behind a proxy that takes one transport after the other away, and gives them back.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { Gate } from '../../clients/js/test/support/gate.js';
import { launch, server } from './setup.js';

const PAGE = `<!doctype html><title>Counter</title><script type="module">
import { ArautoClient } from '/demo/arauto.js';
const { searchParams } = new URL(location);
const token = async () => (await (await fetch('/dev/token', { method: 'POST', body: '{"user":"carol"}' })).json()).token;
window.seen = [];
window.gaps = [];
window.client = new ArautoClient(location.origin, { token, timeout: 1500 });
const channel = client.channel(searchParams.get('channel'), { since: searchParams.get('since') });
channel.on('gap', (gap) => gaps.push(gap));
channel.on('count', (message) => seen.push(message.data));
</script>`;

// The same client in a web worker, which passes on what it sees.
const WORKER = `import { ArautoClient } from '/demo/arauto.js';
onmessage = ({ data: { channel, since, transport } }) => {
  const token = async () => (await (await fetch('/dev/token', { method: 'POST', body: '{"user":"erin"}' })).json()).token;
  const client = new ArautoClient(location.origin, { token, transport });
  client.channel(channel, { since }).on('count', (message) => postMessage(message.data));
};`;

const WORKER_PAGE = `<!doctype html><title>Counter</title><script type="module">
const { searchParams } = new URL(location);
window.seen = [];
const worker = new Worker('/worker.js', { type: 'module' });
worker.onmessage = ({ data }) => seen.push(data);
worker.postMessage(Object.fromEntries(searchParams));
</script>`;

// No library: what every browser brings.
const PLAIN_PAGE = `<!doctype html><title>Counter</title><script type="module">
const { searchParams } = new URL(location);
const { token } = await (await fetch('/dev/token', { method: 'POST', body: '{"user":"dora"}' })).json();
window.seen = [];
window.opened = 0;
const source = new EventSource('/events?channels=' + searchParams.get('channel') + '&since=' + searchParams.get('since') + '&token=' + token);
source.onopen = () => window.opened++;
source.onmessage = (event) => seen.push(JSON.parse(event.data).data);
</script>`;

describe('A browser behind a proxy that blocks', { timeout: 540_000 }, () => {
  let browser;
  let gate;
  let counter;

  before(async () => {
    browser = await launch();
    gate = await Gate.open(server, { '/counter': PAGE, '/plain': PLAIN_PAGE, '/worker': WORKER_PAGE, '/worker.js': WORKER });
  });

  after(async () => {
    await browser?.close();
    gate?.close();
  });

  beforeEach(async () => {
    counter = await Counter.start(`public:count-${crypto.randomUUID()}`);
  });

  afterEach(() => counter.stop());

  test('falls back to Server-Sent Events, then to polling, comes back to WebSocket, and misses nothing', async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    const uses = (transport) => page.waitForFunction((wanted) => window.client?.status.state === 'connected' && window.client.status.transport === wanted, transport);
    await page.goto(`${gate.url}counter?channel=${counter.channel}&since=${counter.start}`);
    await uses('ws');
    await counter.passes(20);
    gate.rules.ws = 'refuse';
    gate.cut();
    await uses('sse');
    await counter.passes(20);
    gate.rules.sse = 'buffer';
    gate.cut();
    await uses('poll');
    await counter.passes(20);
    gate.rules.ws = gate.rules.sse = 'pass';
    // What the browser says when the network is back: the client need not wait for its next probe.
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await uses('ws');
    await counter.passes(20);

    const published = await counter.stop();
    await page.waitForFunction((count) => window.seen.length >= count, published);
    const { seen, gaps } = await page.evaluate(() => ({ seen: window.seen, gaps: window.gaps }));
    assert.deepEqual(seen, Array.from({ length: published }, (_, i) => i));
    assert.deepEqual(gaps, []);
    await page.close();
  });

  for (const transport of ['ws', 'sse', 'poll']) {
    test(`runs the client in a web worker, over ${transport}`, async () => {
      const page = await browser.newPage();
      page.setDefaultTimeout(30_000);
      await page.goto(`${gate.url}worker?channel=${counter.channel}&since=${counter.start}&transport=${transport}`);
      await page.waitForFunction(() => window.seen.length >= 20);
      const seen = await page.evaluate(() => window.seen);
      assert.deepEqual(seen, Array.from({ length: seen.length }, (_, i) => i));
      await page.close();
    });
  }

  test('goes on where it was with nothing but an EventSource, however often its stream breaks', async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(`${gate.url}plain?channel=${counter.channel}&since=${counter.start}`);
    for (let times = 1; times <= 3; times++) {
      await page.waitForFunction((wanted) => window.opened === wanted && window.seen.length > 0, times);
      await counter.passes(10);
      gate.cut();
      await counter.passes(10);
    }

    const published = await counter.stop();
    await page.waitForFunction((count) => window.seen.length >= count, published);
    assert.deepEqual(await page.evaluate(() => window.seen), Array.from({ length: published }, (_, i) => i));
    await page.close();
  });
});

/** Publishes 0, 1, 2, … past the proxy, each when the one before is in the log. */
class Counter {
  #token;
  #next = 0;
  #stopped = false;
  #running;

  static async start(channel) {
    const counter = new Counter();
    counter.channel = channel;
    counter.#token = (await (await fetch(`${server.origin}/dev/token`, { method: 'POST', body: '{"user":"counter"}' })).json()).token;
    counter.start = (await counter.#ask(`/poll?channels=${channel}&wait=0`)).cursor;
    counter.#running = counter.#run();
    return counter;
  }

  /** Waits until so many more are published. */
  async passes(count) {
    const until = this.#next + count;
    while (this.#next < until) await new Promise((resolve) => setImmediate(resolve));
  }

  async stop() {
    this.#stopped = true;
    await this.#running;
    return this.#next;
  }

  async #run() {
    while (!this.#stopped) {
      await this.#ask('/v1/publish', JSON.stringify({ channel: this.channel, event: 'count', data: this.#next, key: `${this.#next}` }));
      this.#next++;
      // A pace at which the count goes on through every change of transport, within the user's rate.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async #ask(path, body) {
    const answer = await fetch(server.origin + path, { method: body ? 'POST' : 'GET', body, headers: { Authorization: `Bearer ${this.#token}` } });
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer.json();
  }
}
