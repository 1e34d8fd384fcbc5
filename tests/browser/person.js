// Somebody who chats: what they see and do.

import assert from 'node:assert/strict';
import { Visitor } from './visitor.js';

export class Person extends Visitor {
  static enter(browser, url, name, room, options, prepare) {
    return super.enter(browser, `${url}/?room=${room}`, name, options, prepare);
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
}
