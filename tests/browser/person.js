// Somebody in front of the demo page: a browser context of their own, and what they see and do.

import assert from 'node:assert/strict';

const DEADLINE = 15_000;

export class Person {
  /**
   * @param browser Playwright's
   * @param {string} url where this person reaches the server
   * @param options of the browser's context
   * @param prepare what to do with the page before it is opened
   */
  static async enter(browser, url, name, room, options = {}, prepare = async () => {}) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 760 }, ...options });
    context.setDefaultTimeout(DEADLINE);
    const person = new Person();
    person.name = name;
    person.page = await context.newPage();
    person.troubles = [];
    person.page.on('pageerror', (error) => person.troubles.push(error.message));
    person.page.on('console', (message) => {
      // A refused or cut connection is logged by the browser itself; the tests cut on purpose.
      if (message.type() === 'error' && !/net::ERR_|WebSocket connection/.test(message.text())) person.troubles.push(message.text());
    });
    await prepare(person.page);
    await person.page.goto(`${url}/?room=${room}`);
    await person.page.fill('#name', name);
    await person.page.keyboard.press('Enter');
    await person.isConnected();
    return person;
  }

  isConnected() {
    return this.page.waitForSelector('body[data-connection=connected]');
  }

  isOffline() {
    return this.page.waitForSelector('body[data-connection=waiting]');
  }

  async says(text) {
    await this.page.fill('#text', text);
    await this.page.press('#text', 'Enter');
  }

  /** Waits until exactly these texts are shown, in this order, none of them still on its way. */
  async sees(texts) {
    try {
      await this.page.waitForFunction(
        (expected) => {
          const shown = [...document.querySelectorAll('#message-list .text')].map((element) => element.textContent);
          return document.querySelectorAll('#waiting-list li').length === 0 && JSON.stringify(shown) === JSON.stringify(expected);
        },
        texts);
    } catch {
      assert.deepEqual(await this.messages(), texts, `what ${this.name} sees`);
      assert.fail(`${this.name} sees the messages, but some still wait to be sent`);
    }
  }

  messages() {
    return this.page.locator('#message-list .text').allTextContents();
  }

  /** Waits until the newest own message with this text has this state: sent, delivered, read. */
  hasReceipt(text, state) {
    return this.page.locator('.own', { hasText: text }).last().locator(`.tick[data-state=${state}]`).waitFor();
  }

  /** Waits until the list of those who are here is exactly this. */
  async seesHere(...names) {
    await this.page.waitForFunction(
      (expected) => JSON.stringify([...document.querySelectorAll('#people-here li')].map((row) => row.title).sort()) === JSON.stringify(expected),
      names.sort());
  }

  async shows(selector, text) {
    await this.page.locator(selector, { hasText: text }).first().waitFor();
  }

  leave() {
    return this.page.context().close();
  }
}
