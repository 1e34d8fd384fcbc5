// The request-log sample in a real browser.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launch, makePictureFolder } from './setup.js';
import { Sample } from './sample.js';
import { DEADLINE } from './visitor.js';

describe('The request log', { timeout: 540_000 }, () => {
  let browser;
  let pictures;
  let sample;
  let page;

  before(async () => {
    browser = await launch();
    pictures = await makePictureFolder();
    sample = await Sample.start('request-log', 'RequestLog');
    page = await browser.newPage({ viewport: { width: 1100, height: 640 } });
    page.setDefaultTimeout(DEADLINE);
    await page.goto(sample.url.origin);
    await page.waitForSelector('body[data-connection=connected]');
  });

  after(async () => {
    await page?.screenshot({ path: join(pictures, 'request-log.png') });
    await browser?.close();
    await sample?.stop();
    console.log(`Screenshots: ${pictures}`);
  });

  const ask = (path, options) => fetch(sample.url.origin + path, options);
  const shows = (pattern) => page.locator('#rows tr', { hasText: pattern }).first().waitFor();
  const lines = () => page.locator('#rows tr').allTextContents();

  test('shows a request when it is answered, and none of its secrets', async () => {
    await ask('/hello/world?token=eyJsecret&page=2', { headers: { Authorization: 'Bearer eyJsecret' } });
    await shows(/GET200[\d.]+ ms\/hello\/world\?token=…&page=…/);
    assert.ok((await lines()).every((line) => !line.includes('secret')));
    assert.ok((await lines()).every((line) => !line.includes('socket.io')), 'its own connection makes no lines');
  });

  test('shows what passes the filter, of the past and from now on', async () => {
    await ask('/orders', { method: 'POST' });
    await ask('/gone');
    await shows('/gone');

    await page.selectOption('[name=status]', '4');
    await page.waitForFunction(() => [...document.querySelectorAll('#rows tr')].every((row) => row.dataset.status === '4'));
    await shows('/gone');
    await ask('/hello/unseen');
    await ask('/gone-too');
    await shows('/gone-too');
    assert.ok((await lines()).every((line) => !line.includes('unseen')));

    await page.selectOption('[name=status]', '');
    await page.selectOption('[name=method]', 'POST');
    await page.fill('[name=text]', 'ORD');
    await page.waitForFunction(() => document.querySelectorAll('#rows tr').length === 1);
    await shows('/orders');
    await page.fill('[name=text]', 'no such path');
    await page.waitForSelector('#empty:not([hidden])');
    await page.selectOption('[name=method]', '');
    await page.fill('[name=text]', '');
    await shows('/hello/unseen');
  });

  test('comes back after a restart of the server', async () => {
    // While it starts: a page may be back at once.
    const restarted = sample.restart();
    await page.waitForSelector('body[data-connection=waiting]');
    await restarted;
    await page.waitForSelector('body[data-connection=connected]');
    await ask('/hello/again');
    await shows('/hello/again');
  });
});
