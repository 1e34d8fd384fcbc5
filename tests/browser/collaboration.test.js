// The collaboration sample in a real browser.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { brightness, launch, makePictureFolder } from './setup.js';
import { Link } from './link.js';
import { randomFromSeed } from './random.js';
import { Sample } from './sample.js';
import { DEADLINE } from './visitor.js';
import { Writer } from './writer.js';

/** The updates after which the server asks for a state. */
const COMPACT_EVERY = 200;

describe('Two people in a document', { timeout: 540_000 }, () => {
  let browser;
  let pictures;
  let sample;
  let link;
  let name;
  let alice;
  let bob;

  before(async () => {
    browser = await launch();
    pictures = await makePictureFolder();
    sample = await Sample.start('collaboration', 'Collaboration');
  });

  after(async () => {
    await browser?.close();
    await sample?.stop();
    console.log(`Screenshots: ${pictures}`);
  });

  beforeEach(async () => {
    name = `test-${crypto.randomUUID().slice(0, 8)}`;
    link = await Link.open(sample.url);
    alice = await Writer.enter(browser, sample.url.origin, 'alice', name);
    bob = await Writer.enter(browser, link.url, 'bob', name);
  });

  afterEach(async (context) => {
    const picture = (person) => ({ path: join(pictures, `${context.name.replace(/\W+/g, '-')}-${person.name}.png`) });
    for (const person of [alice, bob]) {
      await person.page.screenshot(picture(person));
      await person.leave();
    }
    link.close();
    for (const person of [alice, bob]) assert.deepEqual(person.troubles, [], `errors on ${person.name}'s page`);
  });

  test('write at the same time, and have the same text with every word', async () => {
    await alice.writes('Shopping\n');
    await bob.sees('Shopping\n');
    await Promise.all([alice.writes('milk, bread and a dozen eggs'), bob.writes('please bring some good coffee, too')]);
    const text = await converge(alice, bob);
    assert.equal([...text].sort().join(''), [...'Shopping\nmilk, bread and a dozen eggsplease bring some good coffee, too'].sort().join(''));
    assert.ok(holds(text, 'milk, bread and a dozen eggs'), text);
    assert.ok(holds(text, 'please bring some good coffee, too'), text);
  });

  test('go on while one of them is offline, and come together', async () => {
    await alice.writes('one two three');
    await bob.sees('one two three');
    link.cut();
    await bob.isOffline();
    await bob.shows('#banner', /No connection.*kept here/);
    await bob.writes(' four, offline');
    await bob.writes('Bob: ', 0);
    await alice.writes('and a half ', 4);
    assert.equal(await alice.text(), 'one and a half two three', 'nothing of what bob writes can be there yet');
    link.mend();
    const text = await converge(alice, bob);
    assert.equal(text, 'Bob: one and a half two three four, offline');
  });

  test('give a third all of it who joins late', async () => {
    for (const word of ['one ', 'two ', 'three ', 'four ', 'five']) {
      await alice.writes(word);
      await alice.hasSaved();
    }
    const carol = await Writer.enter(browser, sample.url.origin, 'carol', name);
    await carol.sees('one two three four five');
    await carol.writes('zero ', 0);
    await Promise.all([alice, bob].map((person) => person.sees('zero one two three four five')));
    await carol.leave();
  });

  test('give a late one a state in place of very many updates', async () => {
    await alice.area.focus();
    const isCompacted = () => alice.sent.some((frame) => frame.includes('"compact_document"'));
    // A key stroke is about one update, if no faster than they are gathered.
    for (let typed = 0; !isCompacted(); typed++) {
      assert.ok(typed < 3 * COMPACT_EVERY, 'the server asks alice for a state');
      await alice.page.keyboard.type(`${typed % 10}`, { delay: 45 });
    }
    await alice.writes(' and more');
    await alice.hasSaved();
    const all = await alice.text();
    await bob.sees(all);
    const carol = await Writer.enter(browser, sample.url.origin, 'carol', name);
    await carol.sees(all);
    await carol.leave();
  });

  test('see who is here and where they write', async () => {
    await alice.writes('somewhere in the middle');
    await bob.sees('somewhere in the middle');
    await bob.area.evaluate((area) => {
      area.focus();
      area.setSelectionRange(10, 12);
    });
    await alice.page.waitForSelector('.caret[data-name=bob]');
    await alice.shows('mark', 'in');
    await alice.page.waitForFunction(() => document.querySelectorAll('#people li').length === 2);
    await bob.page.close();
    await alice.page.waitForFunction(() => document.querySelectorAll('#people li').length === 1 && !document.querySelector('.caret'));
    bob = await Writer.enter(browser, link.url, 'bob', name);
  });

  test('take back what they wrote themselves, and nothing else', async () => {
    await alice.writes('from alice');
    await bob.sees('from alice');
    await bob.writes(' and from bob');
    await alice.sees('from alice and from bob');
    await alice.area.press('Control+z');
    await Promise.all([alice, bob].map((person) => person.sees(' and from bob')));
    await alice.area.press('Control+Shift+z');
    await Promise.all([alice, bob].map((person) => person.sees('from alice and from bob')));
  });

  test('do not disturb a character that is being composed', async () => {
    await alice.writes('日');
    await bob.sees('日');
    const input = await alice.page.context().newCDPSession(alice.page);
    await input.send('Input.imeSetComposition', { text: 'ほ', selectionStart: 1, selectionEnd: 1 });
    await bob.writes('前', 0);
    await bob.hasSaved();
    await alice.page.waitForFunction(() => document.getElementById('area').value === '日ほ');
    await input.send('Input.insertText', { text: '本' });
    await Promise.all([alice, bob].map((person) => person.sees('前日本')));
  });

  test('give the document back to a server that lost it', async () => {
    await alice.writes('still here');
    await bob.sees('still here');
    await sample.restart();
    await alice.isConnected();
    await bob.isConnected();
    const carol = await Writer.enter(browser, sample.url.origin, 'carol', name);
    await carol.sees('still here');
    await carol.leave();
    await converge(alice, bob);
  });

  test('come together after a random session in which the wire breaks', async () => {
    const random = randomFromSeed();
    const pick = (count) => Math.floor(random() * count);
    const pieces = ['a', 'bc', ' ', '\n', '😀', 'ß', '日本'];
    let isCut = false;
    for (let step = 0; step < 120; step++) {
      if (pick(15) === 0) {
        if (isCut) link.mend();
        else link.cut();
        isCut = !isCut;
      }
      const person = [alice, bob][pick(2)];
      await person.replaces(random(), pick(4), random() < 0.7 ? pieces[pick(pieces.length)] : '');
    }
    link.mend();
    const text = await converge(alice, bob);
    assert.ok(!text.includes('\ufffd'), 'no character was cut in two');
    const carol = await Writer.enter(browser, sample.url.origin, 'carol', name);
    await carol.sees(text);
    await carol.leave();
  });

  test('can read it at night and on a small screen', async () => {
    const dark = await Writer.enter(browser, sample.url.origin, 'dora', name, { viewport: { width: 380, height: 700 }, colorScheme: 'dark' });
    await alice.writes('Can you read this at night? '.repeat(3));
    await dark.sees('Can you read this at night? '.repeat(3));
    assert.ok(await brightness(dark.page, '.sheet') < 80);
    assert.equal(await dark.page.evaluate(() => document.documentElement.scrollWidth), 380, 'nothing sticks out sideways');
    await dark.page.screenshot({ path: join(pictures, 'dark-and-narrow.png') });
    await dark.leave();
  });
});

/** Waits until everybody has saved all and sees the same. */
async function converge(...people) {
  const deadline = Date.now() + DEADLINE;
  while (true) {
    await Promise.all(people.map((person) => person.hasSaved()));
    const texts = await Promise.all(people.map((person) => person.text()));
    if (new Set(texts).size === 1) return texts[0];
    assert.ok(Date.now() < deadline, `the texts stay different: ${JSON.stringify(texts)}`);
    await delay(20);
  }
}

/** Whether the characters stand in the text in this order, with others between. */
function holds(text, characters) {
  let at = 0;
  for (const character of text) if (character === characters[at]) at++;
  return at === characters.length;
}
