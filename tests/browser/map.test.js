// The live map in a real browser, against a running server in development mode: ARAUTO_URL=http://127.0.0.1:8085 npm test

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { brightness, launch, makePictureFolder, server } from './setup.js';
import { Cartographer, loadState, tidyMap } from './cartographer.js';
import { Link } from './link.js';
import { randomFromSeed } from './random.js';

describe('Two people at the map', { timeout: 540_000 }, () => {
  let browser;
  let link;
  let pictures;
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
    await tidyMap();
    link = await Link.open(server);
    alice = await Cartographer.enter(browser, server.origin, 'alice');
    bob = await Cartographer.enter(browser, link.url, 'bob');
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

  test('see a corner move while the other one drags it', async () => {
    const before = await bob.cornersOf('old-town');
    await alice.grabCorner('old-town', 1);
    await alice.pull(20, -15);
    await bob.seesMove('old-town', before); // Before it is let go.
    const between = await bob.cornersOf('old-town');
    await alice.pull(15, -5);
    await alice.letGo();
    await bob.seesMove('old-town', between);
    const after = await alice.cornersOf('old-town');
    await alice.sees('old-town', after);
    await bob.sees('old-town', after);
    assert.deepEqual(differingCorners(before, after), [1]);
    await bob.shows('#feed li', /alice changed Old Town.* ms$/);
  });

  test('add and take away corners', async () => {
    const before = await alice.cornersOf('harbour');
    await alice.grab('harbour');
    await alice.letGo();
    const { x, y } = await alice.middleOf(alice.page.locator('.middle[data-middle="0"]'));
    await alice.page.mouse.move(x, y);
    await alice.page.mouse.down();
    await alice.page.mouse.move(x + 8, y - 30, { steps: 4 });
    await alice.letGo();
    const grown = await alice.cornersOf('harbour');
    assert.equal(grown.split(' ').length, before.split(' ').length + 1);
    await bob.sees('harbour', grown);
    await alice.page.focus('.corner[data-corner="1"]');
    await alice.page.keyboard.press('Delete');
    await bob.sees('harbour', before);
  });

  test('move things with the keyboard', async () => {
    const before = await alice.cornersOf('riverside');
    await alice.area('riverside').focus();
    await alice.page.keyboard.press('ArrowRight');
    await alice.page.keyboard.press('Shift+ArrowDown');
    const after = await alice.cornersOf('riverside');
    const [x, y] = before.split(' ')[0].split(',').map(Number);
    assert.equal(after.split(' ')[0], `${(x + 4).toFixed(1)},${(y + 20).toFixed(1)}`);
    await bob.sees('riverside', after);
    await alice.page.focus('#report');
    await alice.page.keyboard.press('Enter');
    const reported = alice.page.locator('.incident.selected');
    const id = await reported.getAttribute('data-id');
    await reported.focus();
    await alice.page.keyboard.press('ArrowUp');
    const seen = bob.page.locator(`.incident[data-id="${id}"]`);
    await seen.waitFor();
    await alice.page.keyboard.press('Delete');
    await seen.waitFor({ state: 'detached' });
  });

  test('report, follow and close an incident', async () => {
    const text = `Fallen tree ${crypto.randomUUID().slice(0, 4)}`;
    await alice.reports(text);
    await bob.incident(text).waitFor();
    await bob.shows('#incident-list .thing', text);
    await bob.page.locator('#incident-list .thing', { hasText: text }).click();
    await bob.page.locator('#card label', { hasText: 'Assigned' }).click();
    await alice.page.waitForSelector('.incident[data-status=assigned]');
    await alice.shows('#feed li', `bob assigned ${text}`);
    await bob.page.selectOption('#card select', 'flood');
    await alice.page.waitForSelector('.incident[data-sign=flood]');
    await alice.page.click('#card .delete');
    await bob.incident(text).waitFor({ state: 'detached' });
    assert.ok(await bob.page.locator('#card').isHidden(), 'the card of what is gone is closed');
  });

  test('pause the watch of an area', async () => {
    const watch = (person) => person.page.getByRole('switch', { name: 'Watch Riverside' });
    await watch(alice).click();
    await bob.page.waitForSelector('.area.paused[data-id=riverside]');
    assert.equal(await watch(bob).getAttribute('aria-checked'), 'false');
    await watch(bob).click();
    await alice.page.waitForSelector('.area:not(.paused)[data-id=riverside]');
  });

  test('catch up after the connection was cut, and have sent what they did meanwhile', async () => {
    link.cut();
    await bob.isOffline();
    await alice.drag('old-town', 12, 18);
    const moved = await alice.cornersOf('old-town');
    await bob.drag('north-park', 14, 10);
    const offline = await bob.cornersOf('north-park');
    const text = `Offline ${crypto.randomUUID().slice(0, 4)}`;
    await bob.reports(text);
    await bob.page.waitForSelector('.area.unsaved[data-id=north-park]');
    await bob.shows('#unsaved', '2 changes wait');
    link.mend();
    await bob.isConnected();
    await bob.sees('old-town', moved);
    await alice.sees('north-park', offline);
    await alice.incident(text).waitFor();
    await bob.sees('north-park', offline);
    assert.equal(await bob.page.locator('.toast').count(), 0);
  });

  test('see the newer shape when both changed the same one', async () => {
    link.cut();
    await bob.isOffline();
    await bob.drag('old-town', -25, 12);
    await alice.drag('old-town', 18, 8);
    const newer = await alice.cornersOf('old-town');
    await alice.sees('old-town', newer);
    link.mend();
    await bob.isConnected();
    await bob.shows('.toast', 'alice changed it in the meantime.');
    await bob.sees('old-town', newer);
    await bob.drag('old-town', 6, 6);
    await alice.sees('old-town', await bob.cornersOf('old-town'));
  });

  test('do not undo each other while both drag the same one', async () => {
    const before = await bob.cornersOf('riverside');
    await alice.grab('riverside');
    await alice.pull(-30, 20);
    await bob.seesMove('riverside', before);
    await bob.sees('riverside', await alice.cornersOf('riverside'));
    await bob.drag('riverside', -10, 35);
    const corners = await bob.cornersOf('riverside');
    await alice.sees('riverside', corners);
    await alice.pull(40, 40);
    await alice.letGo();
    await alice.shows('.toast', 'bob changed it in the meantime.');
    await alice.sees('riverside', corners);
    await bob.sees('riverside', corners);
  });

  test('have a change made once though its answer was lost', async () => {
    const before = await alice.cornersOf('harbour');
    link.mute();
    await bob.drag('harbour', 10, -6);
    await alice.seesMove('harbour', before);
    await bob.page.waitForSelector('.area.unsaved[data-id=harbour]');
    link.cut();
    await bob.isOffline();
    await bob.drag('harbour', 7, 9);
    const second = await bob.cornersOf('harbour');
    link.mend();
    await bob.sees('harbour', second);
    await alice.sees('harbour', second);
    assert.equal(await bob.page.locator('.toast').count(), 0, 'nobody else changed it');
  });

  test('see the same over whatever gets through', async () => {
    const withoutWebSocket = (page) => page.addInitScript(() => delete globalThis.WebSocket);
    const streaming = await Cartographer.enter(browser, server.origin, 'sara', {}, withoutWebSocket);
    const polling = await Cartographer.enter(browser, server.origin, 'paul', {}, async (page) => {
      await withoutWebSocket(page);
      await page.route('**/events?*', (route) => route.abort());
    });
    await alice.shows('#status', 'WebSocket');
    await streaming.shows('#status', 'SSE');
    await polling.shows('#status', 'Polling');
    await polling.drag('old-town', 11, -7);
    const corners = await polling.cornersOf('old-town');
    for (const person of [alice, streaming, polling]) await person.sees('old-town', corners);
    for (const person of [streaming, polling]) await person.leave();
  });

  test('find the map as it is when they come later', async () => {
    await alice.drag('riverside', -9, 7);
    const corners = await alice.cornersOf('riverside');
    await alice.sees('riverside', corners);
    await bob.page.reload();
    await bob.page.waitForSelector('.area');
    await bob.sees('riverside', corners);
  });

  test('end with the same map, whatever they do at once', async () => {
    const random = randomFromSeed();
    for (let round = 0; round < 4; round++) {
      if (random() < 0.5) link.cut();
      for (let i = 0; i < 6; i++) await Promise.all([alice, bob].map((person) => person.doesSomething(random)));
      link.mend();
    }
    await bob.isConnected();
    for (const person of [alice, bob]) await person.page.waitForFunction(() => !document.querySelector('.unsaved'));
    const state = await loadState();
    for (const person of [alice, bob]) await person.seesAll(state);
  });

  test('read the administration\'s notice', async () => {
    const withNotice = async (route) => {
      const answer = await route.fetch();
      const state = await answer.json();
      await route.fulfill({ response: answer, json: { ...state, notice: { ...state.notice, text: 'The bridge is closed <b>tonight</b>.' } } });
    };
    const carol = await Cartographer.enter(browser, server.origin, 'carol', {}, (page) => page.route('**/demo/map/state', withNotice));
    await carol.shows('#notice', 'The bridge is closed <b>tonight</b>.');
    await carol.leave();
  });

  test('may have dark screens and narrow ones', async () => {
    const dark = await Cartographer.enter(browser, server.origin, 'dora', { viewport: { width: 380, height: 760 }, colorScheme: 'dark', hasTouch: true });
    const night = await brightness(dark.page, '.main');
    const light = await brightness(alice.page, '.main');
    assert.ok(night < 80 && light > 200, `brightness of the grounds: dark ${night}, light ${light}`);
    assert.equal(await dark.page.evaluate(() => document.documentElement.scrollWidth), 380, 'nothing sticks out sideways');
    await dark.shows('#status', 'WebSocket');
    await dark.page.click('#menu');
    await dark.page.locator('#area-list .thing', { hasText: 'Harbour' }).click();
    await dark.shows('#card', 'Harbour');
    await dark.page.waitForFunction(() => {
      const { left, right } = document.querySelector('.area.selected').getBoundingClientRect();
      return left < innerWidth && right > 0;
    });
    await dark.page.screenshot({ path: join(pictures, 'map-dark-and-narrow.png') });
    await dark.leave();
  });
});

/** Which corners of two shapes with as many corners are not the same. */
function differingCorners(before, after) {
  const [from, to] = [before, after].map((corners) => corners.split(' '));
  return from.flatMap((corner, i) => (corner === to[i] ? [] : [i]));
}
