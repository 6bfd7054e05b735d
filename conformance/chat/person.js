// Somebody at the page of sio_chat, in a browser of his own.
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { eventually } from "../support/eventually.js";

export const DESKTOP = { viewport: { width: 1280, height: 800 } };
export const PHONE = {
  viewport: { width: 390, height: 780 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  colorScheme: "dark",
};

export class Person {
  errors = [];

  constructor(page) {
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(error.message));
  }

  static async at(browser, url, device) {
    const context = await browser.newContext({ ...device, locale: "en-GB" });
    const person = new Person(await context.newPage());
    await person.page.goto(url);
    return person;
  }

  async join(name) {
    await this.page.fill("#name", name);
    await this.page.press("#name", "Enter");
    await this.isOnline();
  }

  isOnline() {
    return eventually("online", async () => (await this.state()) === "connected", { deadline: 15_000 });
  }

  state() {
    return this.page.locator("#state").getAttribute("data-state");
  }

  async say(text) {
    await this.page.fill("#text", text);
    await this.page.press("#text", "Enter");
  }

  // The bubble of a message, once it is there.
  async sees(text, { deadline = 10_000 } = {}) {
    const message = this.page.locator(".message", { has: this.page.locator(".text", { hasText: text }) });
    await eventually(`message "${text}"`, async () => (await message.count()) === 1, { deadline });
    return message;
  }

  // As the page shows them, from the oldest.
  texts() {
    return this.page.locator(".message .text").allTextContents();
  }

  async openRoom(name) {
    if (await this.page.locator("#open-sidebar").isVisible()) {
      await this.page.click("#open-sidebar");
    }
    await this.page.click(`[data-room="${name}"]`);
    await eventually(`room ${name}`, async () => (await this.page.textContent("#room-name")) === name);
  }

  async makeRoom(name, passphrase) {
    if (await this.page.locator("#open-sidebar").isVisible()) {
      await this.page.click("#open-sidebar");
    }
    await this.page.click("#new-room");
    await this.page.fill("#room-input", name);
    if (passphrase !== undefined) {
      await this.page.check("#room-encrypted");
      await this.page.fill("#room-passphrase", passphrase);
    }
    await this.page.click("#room-dialog [type=submit]");
    await eventually(`room ${name}`, async () => (await this.page.textContent("#room-name")) === name);
    await this.page.locator("#room-dialog").waitFor({ state: "hidden" });
  }

  async unlock(passphrase) {
    if (!(await this.page.locator("#key-dialog").isVisible())) {
      await this.page.click("#unlock");
    }
    await this.page.fill("#key-passphrase", passphrase);
    await this.page.press("#key-passphrase", "Enter");
  }

  // Nothing is wider than the screen. With SIO_SCREENSHOTS=folder there is a picture to look at.
  async looksRight(name) {
    const { content, screen } = await this.page.evaluate(() => ({
      content: document.documentElement.scrollWidth,
      screen: document.documentElement.clientWidth,
    }));
    assert.ok(content <= screen, `${name}: ${content} pixels on a screen of ${screen}`);
    if (process.env.SIO_SCREENSHOTS) {
      await this.page.screenshot({ path: join(process.env.SIO_SCREENSHOTS, `${name}.png`) });
    }
  }

  async close() {
    await this.page.context().close();
    assert.deepEqual(this.errors, []);
  }
}
