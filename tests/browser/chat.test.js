// The chat in a real browser, against a running server in development mode: ARAUTO_URL=http://127.0.0.1:8085 npm test

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { brightness, launch, makePictureFolder, server } from './setup.js';
import { Link } from './link.js';
import { Person } from './person.js';

describe('Two people in the chat', { timeout: 540_000 }, () => {
  let browser;
  let link;
  let pictures;
  let room;
  let alice;
  let bob;

  before(async () => {
    browser = await launch();
    pictures = await makePictureFolder();
  });

  after(async () => {
    await browser?.close();
    console.log(`Screenshots: ${pictures}`);
  });

  beforeEach(async () => {
    room = `test-${crypto.randomUUID().slice(0, 8)}`;
    link = await Link.open(server);
    alice = await Person.enter(browser, server.origin, 'alice', room);
    bob = await Person.enter(browser, link.url, 'bob', room);
  });

  afterEach(async (context) => {
    const picture = (name) => ({ path: join(pictures, `${context.name.replace(/\W+/g, '-')}-${name}.png`) });
    for (const person of [alice, bob]) {
      await person.page.screenshot(picture(person.name));
      await person.leave();
    }
    link.close();
    for (const { name, troubles } of [alice, bob]) assert.deepEqual(troubles, [], `errors on ${name}'s page`);
  });

  test('chat both ways', async () => {
    await alice.says('Hello, who is there?');
    await bob.sees(['Hello, who is there?']);
    await bob.says('It is me, bob.');
    await alice.sees(['Hello, who is there?', 'It is me, bob.']);
    await bob.sees(['Hello, who is there?', 'It is me, bob.']);
  });

  test('see who comes and goes', async () => {
    await Promise.all([alice.seesHere('alice', 'bob'), bob.seesHere('alice', 'bob')]);
    const carol = await Person.enter(browser, server.origin, 'carol', room);
    await alice.seesHere('alice', 'bob', 'carol');
    await alice.shows('.notice', 'carol joined');
    await carol.leave();
    await alice.seesHere('alice', 'bob');
    await alice.shows('.notice', 'carol left');
    await alice.shows('#people-away li', 'carol');
  });

  test('see each other typing', async () => {
    await bob.page.type('#text', 'Wait');
    await alice.shows('#typing.shown', 'bob is typing');
    await bob.says('Wait a moment.');
    await alice.page.waitForSelector('#typing:not(.shown)');
  });

  test('learn that a message was delivered, then read', async () => {
    await bob.page.fill('#new-room input', `${room}-other`);
    await bob.page.press('#new-room input', 'Enter');
    await bob.shows('#room-name', `${room}-other`);
    await alice.says('Are you here?');
    await alice.hasReceipt('Are you here?', 'delivered');
    await bob.shows(`[data-room="${room}"] .badge`, '1');
    await bob.page.click(`[data-room="${room}"]`);
    await alice.hasReceipt('Are you here?', 'read');
    await bob.page.waitForSelector(`[data-room="${room}"]:not(:has(.badge))`);
  });

  test('come back after the connection was cut, and miss nothing', async () => {
    await alice.says('one');
    await bob.sees(['one']);
    link.cut();
    await bob.isOffline();
    await bob.shows('#banner', /Offline: .+ Next try in \d+ s/);
    await alice.says('two');
    await alice.says('three');
    await bob.says('four, written offline');
    await bob.shows('#waiting-list .sending', 'four, written offline');
    await alice.sees(['one', 'two', 'three']);
    link.mend();
    await bob.page.click('#banner-now').catch(() => {}); // It may have come back by itself.
    await bob.isConnected();
    const all = ['one', 'two', 'three', 'four, written offline'];
    await bob.sees(all);
    await alice.sees(all);
    assert.equal(await bob.page.locator('.gap').count(), 0, 'nothing is missing, and nothing is said to be');
  });

  test('send a message once though its answer was lost', async () => {
    await alice.sees([]);
    link.mute();
    await bob.says('Did you get this?');
    await alice.sees(['Did you get this?']);
    await bob.shows('#waiting-list .sending', 'Did you get this?');
    link.cut();
    await bob.isOffline();
    link.mend();
    await bob.isConnected();
    await bob.says('And this?');
    await bob.sees(['Did you get this?', 'And this?']);
    await alice.sees(['Did you get this?', 'And this?']);
  });

  test('have all of it over whatever gets through', async () => {
    const withoutWebSocket = (page) => page.addInitScript(() => delete globalThis.WebSocket);
    const sara = await Person.enter(browser, server.origin, 'sara', room, {}, withoutWebSocket);
    const paul = await Person.enter(browser, server.origin, 'paul', room, {}, async (page) => {
      await withoutWebSocket(page);
      await page.route('**/events?*', (route) => route.abort());
    });
    await alice.shows('#status', 'WebSocket');
    await sara.shows('#status', 'SSE');
    await paul.shows('#status', 'Polling');
    await Promise.all([sara, paul].map((person) => person.seesHere('alice', 'bob', 'paul', 'sara')));
    await paul.page.type('#text', 'Well');
    await sara.shows('#typing.shown', 'paul is typing');
    await paul.says('Nothing but polling here.');
    await paul.hasReceipt('Nothing but polling here.', 'read');
    await sara.says('And streaming here.');
    await sara.hasReceipt('And streaming here.', 'read');
    for (const person of [alice, sara, paul]) await person.sees(['Nothing but polling here.', 'And streaming here.']);
    for (const person of [sara, paul]) await person.leave();
  });

  test('notice when the browser goes offline', async () => {
    await bob.page.context().setOffline(true);
    await bob.isOffline();
    await alice.says('While you were away');
    await bob.page.context().setOffline(false);
    await bob.isConnected();
    await bob.sees(['While you were away']);
  });

  test('read what was said before they came, page by page', async () => {
    const said = Array.from({ length: 70 }, (_, i) => `Message ${i + 1}`);
    for (const text of said) await alice.says(text);
    await alice.sees(said);
    const carol = await Person.enter(browser, server.origin, 'carol', room);
    await carol.sees(said.slice(-50));
    await carol.page.locator('#messages').evaluate((list) => list.scrollTo(0, 0));
    await carol.sees(said);
    await carol.page.reload(); // The tab remembers who it is.
    await carol.shows('#me', 'carol');
    await carol.sees(said.slice(-50));
    await carol.leave();
  });

  test('are told when what they missed is gone', async () => {
    await alice.says('Before');
    await bob.sees(['Before']);
    link.cut();
    await bob.isOffline();
    const count = 1_200; // A public: channel keeps 1000, and somewhat more between two rounds of trimming.
    await alice.page.evaluate(publishMany, { channel: `public:${room}`, count });
    link.mend();
    await bob.isConnected();
    await bob.shows('#message-list .text', `Message ${count}`);
    const [, missing] = /^(\d+) messages are missing here: they are older/.exec(await bob.page.locator('.gap').textContent());
    assert.equal(Number(missing) + (await bob.messages()).length, count + 1, 'what is missing and what is shown are all that was said');
  });

  test('have their tokens renewed before they end', async () => {
    const sent = [];
    const eva = await Person.enter(browser, server.origin, 'eva', room, {}, async (page) => {
      await page.clock.install();
      page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(JSON.parse(payload).type)));
    });
    const renewal = eva.page.waitForResponse(`${server.origin}/dev/token`);
    await eva.page.clock.fastForward('59:30');
    await renewal;
    await alice.says('Still there?');
    await eva.sees(['Still there?']);
    assert.equal(sent.filter((type) => type === 'auth').length, 2, 'the first frame, and the fresh token on the same connection');
    await eva.leave();
  });

  test('cannot put markup into each other\'s pages', async () => {
    const markup = '<img src=x onerror="document.title=\'broken\'"><b>bold</b><script>alert(1)</script>';
    await alice.says(markup);
    await bob.sees([markup]);
    assert.equal(await bob.page.locator('#messages :is(img, b, script)').count(), 0);
    assert.doesNotMatch(await bob.page.title(), /broken/);
  });

  test('may have dark screens and narrow ones', async () => {
    const dark = await Person.enter(browser, server.origin, 'dora', room, { viewport: { width: 380, height: 760 }, colorScheme: 'dark' });
    await alice.says('Can you read this at night?');
    await dark.sees(['Can you read this at night?']);
    const light = await brightness(alice.page, '.chat');
    const night = await brightness(dark.page, '.chat');
    assert.ok(night < 80 && light > 200, `brightness of the grounds: dark ${night}, light ${light}`);
    assert.equal(await dark.page.evaluate(() => document.documentElement.scrollWidth), 380, 'nothing sticks out sideways');
    await dark.page.click('#menu');
    await dark.page.locator('[data-room=random]').click();
    await dark.shows('#room-name', 'random');
    await dark.page.screenshot({ path: join(pictures, 'dark-and-narrow.png') });
    await dark.leave();
  });

  test('are told in the server\'s words what it refuses', async () => {
    await bob.page.fill('#new-room input', '🚆'); // Outside the Basic Multilingual Plane.
    await bob.page.press('#new-room input', 'Enter');
    await bob.shows('.toast', /^#🚆: .*channel/i);
    await bob.shows('#room-name', 'lobby');
    const page = await bob.page.context().newPage();
    await page.goto(`${server.origin}/?user=🚆`);
    await page.fill('#name', '🚆');
    await page.press('#name', 'Enter');
    await page.waitForFunction(() => /"user" must have 1 to 128/.test(document.querySelector('#name').validationMessage));
    await page.fill('#name', 'train');
    await page.press('#name', 'Enter');
    await page.waitForSelector('body[data-connection=connected]');
  });
});

/** Runs in the page: a second connection of its user that publishes as fast as it can. */
async function publishMany({ channel, count }) {
  const response = await fetch('/dev/token', { method: 'POST', body: JSON.stringify({ user: 'crowd' }) });
  const { token } = await response.json();
  const socket = new WebSocket(`ws://${location.host}/ws`, 'arauto.v1.json');
  const send = (frame) => socket.send(JSON.stringify(frame));
  await new Promise((resolve, reject) => {
    let answers = 0;
    socket.onopen = () => send({ type: 'auth', token });
    socket.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === 'error') reject(new Error(frame.message));
      if (frame.type === 'connected') for (let id = 1; id <= count; id++) send({ type: 'publish', id, channel, event: 'chat', data: { content: `Message ${id}` } });
      if (frame.type === 'reply' && ++answers === count) resolve();
    };
  });
  socket.onclose = null;
  socket.close();
}
