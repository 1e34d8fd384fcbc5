// Somebody who edits the map: what they see and do.

import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { server } from './setup.js';
import { DEADLINE, Visitor } from './visitor.js';

/** Bodies of requests that are refused on purpose show in the console. */
const REFUSALS = /net::ERR_|WebSocket connection|status of (404|409|503)/;

export class Cartographer extends Visitor {
  static async enter(browser, url, name, options, prepare) {
    const cartographer = await super.enter(browser, `${url}/map`, name, options, prepare);
    await cartographer.page.waitForSelector('.area');
    return cartographer;
  }

  get expects() {
    return REFUSALS;
  }

  area(id) {
    return this.page.locator(`.area[data-id="${id}"]`);
  }

  incident(text) {
    return this.page.locator('.incident', { has: this.page.locator('text', { hasText: text }) });
  }

  /** The corners as drawn, "x,y x,y …". */
  cornersOf(id) {
    return this.area(id).locator('polygon').getAttribute('points');
  }

  /** Waits until an area has these corners, and all that this page wants is saved. */
  async sees(id, corners) {
    try {
      await this.page.waitForFunction(
        ([area, points]) => document.querySelector(`.area[data-id="${area}"] polygon`).getAttribute('points') === points && !document.querySelector('.unsaved'),
        [id, corners]);
    } catch {
      assert.equal(await this.cornersOf(id), corners, `the corners of ${id} that ${this.name} sees`);
      assert.fail(`${this.name} sees the corners of ${id}, but something is not saved`);
    }
  }

  /** Waits until an area is drawn elsewhere than before. */
  seesMove(id, corners) {
    return this.page.waitForFunction(([area, points]) => document.querySelector(`.area[data-id="${area}"] polygon`).getAttribute('points') !== points, [id, corners]);
  }

  /** Presses the pointer on an area, selecting it. */
  async grab(id) {
    const { x, y } = await this.middleOf(this.area(id).locator('polygon'));
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    this.at = { x, y };
  }

  async grabCorner(id, index) {
    await this.grab(id);
    await this.page.mouse.up();
    const { x, y } = await this.middleOf(this.page.locator(`.corner[data-corner="${index}"]`));
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    this.at = { x, y };
  }

  /** Moves what was grabbed by some pixels. */
  async pull(x, y, steps = 5) {
    this.at = { x: this.at.x + x, y: this.at.y + y };
    await this.page.mouse.move(this.at.x, this.at.y, { steps });
  }

  letGo() {
    return this.page.mouse.up();
  }

  async drag(id, x, y) {
    await this.grab(id);
    await this.pull(x, y);
    await this.letGo();
  }

  /** Reports an incident by a click beside all areas. */
  async reports(text) {
    const { x, y } = await this.middleOf(this.page.locator('#drawing'));
    await this.page.click('#report');
    await this.page.mouse.click(x + 40 + Math.random() * 80, y - 150 + Math.random() * 30);
    await this.page.fill('#card input[type=text]', text);
    await this.page.keyboard.press('Enter');
    await this.incident(text).waitFor();
  }

  /** Anything anybody may do, at random. */
  async doesSomething(random) {
    const what = random();
    const numbers = Array.from({ length: 3 }, random);
    const [first, second, third] = numbers;
    if (what < 0.4) {
      const ids = Object.keys(SQUARES);
      await this.drag(ids[Math.floor(first * ids.length)], Math.round(second * 40 - 20), Math.round(third * 40 - 20));
    } else if (what < 0.6) {
      await this.reports(`Incident ${first.toString(36).slice(2, 8)}`);
    } else {
      await this.page.evaluate((number) => {
        // Not one that its author is still describing: deleting it would close the card under the author's hands.
        const incidents = [...document.querySelectorAll('.incident')].filter((incident) => incident.querySelector('text').textContent);
        incidents[Math.floor(number * incidents.length)]?.focus();
      }, first);
      await this.page.keyboard.press(what < 0.9 ? ['ArrowLeft', 'ArrowDown', 'Shift+ArrowUp'][Math.floor(second * 3)] : 'Delete');
    }
  }

  /** Waits until the page shows what the service has. */
  async seesAll({ areas, incidents }) {
    const at = ({ x, y }) => [x.toFixed(1), y.toFixed(1)];
    const expected = {
      areas: Object.fromEntries(areas.map(({ id, corners }) => [id, corners.map((corner) => at(corner).join()).join(' ')])),
      incidents: Object.fromEntries(incidents.map(({ id, place, text }) => [id, `translate(${at(place).join(' ')}) ${text}`]).sort()),
    };
    const look = () => ({
      areas: Object.fromEntries([...document.querySelectorAll('.area')].map((area) => [area.dataset.id, area.querySelector('polygon').getAttribute('points')]).sort()),
      incidents: Object.fromEntries([...document.querySelectorAll('.incident')].map((incident) => [incident.dataset.id, `${incident.getAttribute('transform')} ${incident.querySelector('text').textContent}`]).sort()),
    });
    const until = Date.now() + DEADLINE;
    while (JSON.stringify(await this.page.evaluate(look)) !== JSON.stringify(expected) && Date.now() < until) await delay(50);
    assert.deepEqual(await this.page.evaluate(look), expected, `what ${this.name} sees`);
  }

  async middleOf(locator) {
    const { x, y, width, height } = await locator.boundingBox();
    return { x: x + width / 2, y: y + height / 2 };
  }
}

const SQUARES = { 'north-park': [150, 80], 'old-town': [350, 250], harbour: [250, 440], riverside: [680, 150] };

/** What the service has: asked past every page. */
export const loadState = async () => (await ask('GET', 'state')).json();

/** Makes the map as every test expects it: four squares with room around them, all watched, and nothing else. */
export async function tidyMap() {
  const { areas, subscriptions, incidents } = await loadState();
  for (const { id, version } of areas) {
    const [x, y] = SQUARES[id];
    await ask('PUT', `areas/${id}`, { version, corners: [{ x, y }, { x: x + 130, y }, { x: x + 130, y: y + 110 }, { x, y: y + 110 }] });
  }
  for (const { id, version } of subscriptions) await ask('PUT', `subscriptions/${id}`, { version, status: 'active' });
  for (const { id, version } of incidents) await ask('DELETE', `incidents/${id}?version=${version}`);
}

async function ask(method, path, body) {
  const signed = await fetch(`${server.origin}/dev/token`, { method: 'POST', body: JSON.stringify({ user: 'witness' }) });
  const { token } = await signed.json();
  const answer = await fetch(`${server.origin}/demo/map/${path}`, { method, headers: { authorization: `Bearer ${token}` }, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path} was answered with ${answer.status}`);
  return answer;
}
