// Somebody in front of one of the demo's pages: a browser context of their own.

export const DEADLINE = 30_000;

export class Visitor {
  /**
   * @param browser Playwright's
   * @param {string} address of the page
   * @param options of the browser's context
   * @param prepare what to do with the page before it is opened
   */
  static async enter(browser, address, name, options = {}, prepare = async () => {}) {
    const context = await browser.newContext({ viewport: { width: 1200, height: 760 }, ...options });
    context.setDefaultTimeout(DEADLINE);
    const visitor = new this();
    visitor.name = name;
    visitor.page = await context.newPage();
    visitor.troubles = [];
    visitor.page.on('pageerror', (error) => visitor.troubles.push(error.message));
    visitor.page.on('console', (message) => {
      // A refused or cut connection is logged by the browser itself; the tests cut on purpose.
      if (message.type() === 'error' && !visitor.expects.test(message.text())) visitor.troubles.push(message.text());
    });
    await prepare(visitor.page);
    await visitor.page.goto(address);
    await visitor.page.fill('#name', name);
    await visitor.page.keyboard.press('Enter');
    await visitor.isConnected();
    return visitor;
  }

  /** The browser's own words about what a test does on purpose. */
  get expects() {
    return /net::ERR_|WebSocket connection/;
  }

  /** Waits for the connection, without the wait between two tries, which may be longer than a test's patience. */
  isConnected() {
    return this.page.waitForFunction(() => document.body.dataset.connection === 'connected' || void dispatchEvent(new Event('online')), undefined, { polling: 200 });
  }

  isOffline() {
    return this.page.waitForSelector('body[data-connection=waiting]');
  }

  async shows(selector, text) {
    await this.page.locator(selector, { hasText: text }).first().waitFor();
  }

  leave() {
    return this.page.context().close();
  }
}
