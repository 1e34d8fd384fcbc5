// Which server and which browser the tests use, and what all of them need of both.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const given = process.env.ARAUTO_URL;
if (!given) throw new Error('Set ARAUTO_URL to a server in development mode, such as http://127.0.0.1:8085.');
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const switches = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const server = new URL(given);

export const launch = () => chromium.launch({ executablePath, headless: true, args: switches });

export const makePictureFolder = () => mkdtemp(join(tmpdir(), 'arauto-browser-'));

/** 0 (black) to 255 (white), of an element's ground. */
export function brightness(page, selector) {
  return page.locator(selector).evaluate((element) => {
    const [red, green, blue] = getComputedStyle(element).backgroundColor.match(/\d+/g).map(Number);
    return (red + green + blue) / 3;
  });
}
