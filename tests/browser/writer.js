// Somebody who writes in the collaboration sample: what they see and do.

import assert from 'node:assert/strict';
import { Visitor } from './visitor.js';

export class Writer extends Visitor {
  static async enter(browser, url, name, document, options) {
    const sent = [];
    const writer = await super.enter(browser, `${url}/?document=${document}`, name, options, (page) => {
      page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
    });
    /** The frames that the page sent over WebSocket. */
    writer.sent = sent;
    return writer;
  }

  get area() {
    return this.page.locator('#area');
  }

  /** Puts the caret somewhere and types. */
  async writes(text, at = 'end') {
    await this.area.evaluate((area, index) => {
      area.focus();
      area.setSelectionRange(index ?? area.value.length, index ?? area.value.length);
    }, at === 'end' ? null : at);
    await this.page.keyboard.type(text);
  }

  /** Replaces some characters somewhere (0 is the beginning, 1 the end), as a paste does. */
  replaces(where, count, text) {
    return this.area.evaluate((area, [part, length, inserted]) => {
      const characters = [...area.value];
      const index = Math.round(part * characters.length);
      const start = characters.slice(0, index).join('').length;
      area.setRangeText(inserted, start, start + characters.slice(index, index + length).join('').length, 'end');
      area.dispatchEvent(new InputEvent('input'));
    }, [where, count, text]);
  }

  text() {
    return this.area.inputValue();
  }

  /** Waits until exactly this is shown. */
  async sees(text) {
    try {
      await this.page.waitForFunction((expected) => document.getElementById('area').value === expected, text);
    } catch {
      assert.equal(await this.text(), text, `what ${this.name} sees`);
    }
  }

  hasSaved() {
    return this.page.waitForSelector('body[data-connection=connected][data-saved=true]');
  }
}
