// The page that sio_chat serves, in a real browser: somebody at a desktop and somebody at a phone.
import { after, afterEach, before, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { browserAvailable, launchBrowser } from "../support/browser.js";
import { closeAll, connectClient } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { DESKTOP, PHONE, Person } from "./person.js";
import { startChat, temporaryFolder } from "./sio_chat.js";

const IN_TIME = { timeout: 120_000 };
const PASSPHRASE = "correct horse battery staple";

describe("the page", browserAvailable, () => {
  const dataDirectory = temporaryFolder();
  const people = new Set();
  let browser;
  let server;

  before(async () => {
    browser = await launchBrowser();
    // One client sends a whole history at once.
    server = await startChat({ dataDirectory, limitsMessagePoints: 0, limitsEventPoints: 0 });
  });
  afterEach(async () => {
    closeAll();
    const closing = [...people];
    people.clear();
    await Promise.all(closing.map((person) => person.close()));
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  async function visit(device, path = "/") {
    const person = await Person.at(browser, server.url + path, device);
    people.add(person);
    return person;
  }

  async function enter(name, device = DESKTOP, path = "/") {
    const person = await visit(device, path);
    await person.join(name);
    return person;
  }

  // Somebody without a page, who has joined.
  async function bot(username) {
    const socket = await connectClient(server, { namespace: "/chat", transports: ["websocket"] });
    assert.deepEqual(await socket.emitWithAck("joinChat", { username }), { success: true, username });
    return socket;
  }

  test("two people talk", IN_TIME, async () => {
    const ann = await visit(DESKTOP);
    await ann.looksRight("join-desktop");
    await ann.join("Ann");
    const ben = await enter("Ben", PHONE);
    await ann.say("Hello Ben, can you see this?");
    await ben.sees("Hello Ben");
    await ben.say("Yes!\n<b>And</b> this is no markup");
    const answer = await ann.sees("Yes!");
    assert.equal(await answer.locator(".author").textContent(), "Ben");
    assert.equal(await answer.locator("b:not(.author)").count(), 0);
    const own = await ann.sees("Hello Ben");
    await eventually("Ann's message was read", async () => {
      assert.match(await own.getAttribute("class"), /\bmine\b.*\bread\b/);
      return (await ann.page.locator(".receipt:not(:empty)").textContent()) === "Read by Ben";
    });
    await ann.looksRight("talk-desktop");
    await ben.looksRight("talk-phone");
  });

  test("who is here, and who is typing", IN_TIME, async () => {
    const ann = await enter("Ann");
    const ben = await enter("Ben", PHONE);
    const inList = ann.page.locator("#people .person", { hasText: "Ben" });
    await eventually("Ben is online", async () => (await inList.getAttribute("class")).includes("online"));
    await ben.page.locator("#text").pressSequentially("I think");
    await eventually(
      "Ben is typing",
      async () => (await ann.page.textContent("#typing")) === "Ben is typing…",
    );
    await ben.page.fill("#text", "");
    await eventually("Ben has stopped", async () => (await ann.page.textContent("#typing")) === "");
    await ben.page.click("#open-sidebar");
    await ben.page.locator("#close-sidebar").waitFor();
    await ben.looksRight("sidebar-phone");
    people.delete(ben);
    await ben.close();
    await eventually("Ben is offline", async () => !(await inList.getAttribute("class")).includes("online"), {
      deadline: 15_000,
    });
    assert.match(await inList.textContent(), /just now/);
  });

  test("older messages come when one scrolls up", IN_TIME, async () => {
    const history = await bot("Historian");
    await history.emitWithAck("joinRoom", { room: "long" });
    for (let i = 1; i <= 120; i++) {
      const { success } = await history.emitWithAck("sendMessage", { room: "long", message: `Line ${i}.` });
      assert.equal(success, true);
    }
    const ann = await enter("Ann", DESKTOP, "/#long");
    await ann.sees("Line 120.");
    assert.equal((await ann.texts())[0], "Line 71.");
    await ann.looksRight("history-desktop");
    const list = ann.page.locator("#messages");
    assert.equal(await ann.page.locator(".badge").count(), 0, "what was said before is not news");
    await list.evaluate((element) => element.scrollTo(0, 100));
    const place = () =>
      list.evaluate((element) => {
        const line = [...element.querySelectorAll(".message")].find((one) =>
          one.textContent.includes("Line 75."),
        );
        return line.getBoundingClientRect().top;
      });
    const before = await place();
    await ann.sees("Line 21.");
    assert.ok(Math.abs((await place()) - before) < 2, "what is being read stays where it is");
    await list.evaluate((element) => element.scrollTo(0, 0));
    await ann.sees("Line 1.");
    const expected = Array.from({ length: 120 }, (_, i) => `Line ${i + 1}.`);
    assert.deepEqual(await ann.texts(), expected);
    await history.emitWithAck("sendMessage", { room: "long", message: "Line 121." });
    await ann.page.locator("#newest").waitFor();
    assert.equal(await ann.page.locator('[data-room="long"] .badge').textContent(), "1");
    await ann.page.click("#newest");
    await eventually("the newest was read", async () => {
      return (await ann.page.locator(`[data-room="long"] .badge`).count()) === 0;
    });
  });

  test(
    "the server restarts: the history is kept, what was written meanwhile is sent once",
    IN_TIME,
    async () => {
      const ann = await enter("Ann");
      const ben = await enter("Ben", PHONE);
      await ann.say("Before the restart");
      await ben.sees("Before the restart");
      await server.stop();
      await eventually("Ann notices", async () => (await ann.state()) === "reconnecting");
      await ann.say("During the restart");
      await ann.say("And another one");
      assert.match(await (await ann.sees("During the restart")).getAttribute("class"), /\bsending\b/);
      await ann.looksRight("reconnecting-desktop");
      server = await startChat({
        dataDirectory,
        port: server.port,
        limitsMessagePoints: 0,
        limitsEventPoints: 0,
      });
      await ann.isOnline();
      await ben.isOnline();
      await ben.sees("And another one", { deadline: 20_000 });
      await eventually(
        "Ann's are acknowledged",
        async () => (await ann.page.locator(".sending").count()) === 0,
      );
      const carl = await enter("Carl");
      await carl.sees("And another one");
      const last = ["Before the restart", "During the restart", "And another one"];
      for (const person of [ann, ben, carl]) {
        assert.deepEqual((await person.texts()).slice(-3), last);
      }
    },
  );

  test("a message that was written without a connection survives a reload", IN_TIME, async () => {
    const ann = await enter("Ann");
    await ann.say("All is well");
    await ann.sees("All is well");
    await eventually("the browser has kept it", () =>
      ann.page.evaluate(async () => {
        const [{ name }] = await indexedDB.databases();
        const database = await new Promise((resolve) => {
          indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result);
        });
        return new Promise((resolve) => {
          const count = database.transaction("messages").objectStore("messages").count();
          count.onsuccess = () => resolve(count.result > 0 && (database.close(), true));
        });
      }),
    );
    // The page loads, and nothing else reaches the server.
    let cut = true;
    await ann.page.context().route(/\/socket\.io\/\?/, (route) => (cut ? route.abort() : route.continue()));
    await ann.page.addInitScript(() => {
      const { WebSocket } = window;
      window.WebSocket = function (url, protocols) {
        return new WebSocket(window.online ? url : url.replace("/socket.io/", "/nowhere/"), protocols);
      };
    });
    await ann.page.reload();
    await ann.sees("All is well");
    await ann.say("Kept until later");
    await ann.page.reload();
    assert.match(await (await ann.sees("Kept until later")).getAttribute("class"), /\bsending\b/);
    cut = false;
    await ann.page.evaluate(() => (window.online = true));
    await ann.isOnline();
    await eventually("it is sent", async () => {
      return !(await (await ann.sees("Kept until later")).getAttribute("class")).includes("sending");
    });
    const ben = await enter("Ben");
    await ben.sees("Kept until later");
  });

  test("what is said in an encrypted room, nobody else can read", IN_TIME, async () => {
    const ann = await enter("Ann");
    await ann.makeRoom("plans", PASSPHRASE);
    await ann.say("The treasure is below the oak");
    await ann.sees("below the oak");
    const ben = await enter("Ben", PHONE);
    await ben.openRoom("plans");
    await ben.sees("Encrypted message");
    assert.equal(await ben.page.locator("#text").isDisabled(), true);
    await ben.unlock("a wrong passphrase");
    await eventually("it is refused", async () => {
      return /does not open/.test(await ben.page.textContent("#key-error"));
    });
    await ben.unlock(PASSPHRASE);
    await ben.sees("below the oak");
    await ben.say("Which oak?");
    await ann.sees("Which oak?");
    await ann.looksRight("encrypted-desktop");
    await ben.looksRight("encrypted-phone");

    const spy = await bot("Spy");
    await spy.emitWithAck("joinRoom", { room: "plans" });
    const { messages } = await spy.emitWithAck("getHistory", { room: "plans" });
    assert.equal(messages.length, 2);
    for (const { ciphertext, iv, message } of messages) {
      assert.equal(message, undefined);
      assert.ok(Buffer.isBuffer(ciphertext) && ciphertext.length > 16);
      assert.equal(iv.length, 12);
    }
    // Whoever has no key can still speak, and is seen to have been overheard.
    await spy.emitWithAck("sendMessage", { room: "plans", message: "I am no friend" });
    const exposed = await ann.sees("I am no friend");
    assert.equal((await exposed.locator(".warning").textContent()).trim(), "not encrypted");
    assert.equal(await (await ann.sees("Which oak?")).locator(".warning").textContent(), "");
    for (const file of readdirSync(dataDirectory)) {
      const bytes = readFileSync(join(dataDirectory, file));
      assert.equal(bytes.includes("below the oak"), false, file);
      assert.equal(bytes.includes(PASSPHRASE), false, file);
    }

    // The key is kept in the browser; the text is not.
    const kept = await ann.page.evaluate(async () => {
      const open = indexedDB.open("chat Ann");
      await new Promise((resolve) => (open.onsuccess = resolve));
      const all = (table) =>
        new Promise((resolve) => {
          open.result.transaction(table).objectStore(table).getAll().onsuccess = ({ target }) =>
            resolve(target.result);
        });
      const { key } = (await all("rooms")).find(({ name }) => name === "plans");
      const messages = (await all("messages")).filter(({ room }) => room === "plans");
      const own = messages.filter(({ username }) => username !== "Spy");
      return { extractable: key.extractable, fields: [...new Set(own.flatMap(Object.keys))] };
    });
    assert.equal(kept.extractable, false);
    assert.deepEqual(
      kept.fields.filter((name) => ["text", "message"].includes(name)),
      [],
    );
    await ann.page.reload();
    await ann.sees("below the oak");
  });

  test("everything can be reached with the keyboard", IN_TIME, async () => {
    const ann = await enter("Ann");
    await ann.makeRoom("tea");
    await eventually("the text has the focus", () =>
      ann.page.evaluate(() => document.activeElement.id === "text"),
    );
    await ann.page.keyboard.type("Anyone?");
    await ann.page.keyboard.press("Shift+Enter");
    await ann.page.keyboard.type("Tea is ready");
    await ann.page.keyboard.press("Enter");
    assert.equal(await (await ann.sees("Anyone?")).locator(".text").textContent(), "Anyone?\nTea is ready");
    // Ann is a member of what she joined before, which comes between.
    await eventually("the lobby", async () => {
      await ann.page.keyboard.press("Alt+ArrowUp");
      return (await ann.page.textContent("#room-name")) === "lobby";
    });
    const reached = new Set();
    for (let i = 0; i < 30; i++) {
      await ann.page.keyboard.press("Tab");
      reached.add(
        await ann.page.evaluate(() => document.activeElement.id || document.activeElement.className),
      );
    }
    for (const id of ["new-room", "sign-out", "messages", "text", "room"]) {
      assert.ok(reached.has(id), `${id} is not among ${[...reached]}`);
    }
  });

  test("what the server refuses is shown, and can be tried again", IN_TIME, async () => {
    const ann = await visit(DESKTOP);
    await ann.page.fill("#name", " ");
    await ann.page.press("#name", "Enter");
    await eventually("an error", async () => (await ann.page.textContent("#join-error")) !== "");
    await ann.join("Ann");
    await ann.page.locator("#text").evaluate((element) => element.removeAttribute("maxlength"));
    await ann.say("x".repeat(501));
    const failed = ann.page.locator(".message.failed");
    await failed.waitFor();
    assert.match(await failed.locator(".failure").textContent(), /500/);
    await failed.locator("button").click();
    await failed.waitFor();
  });

  test("operators see charts of live figures", IN_TIME, async () => {
    const chatter = await bot("Chatter");
    const talk = setInterval(() => chatter.emit("sendMessage", { message: "Busy" }), 100);
    try {
      for (const [device, name] of [
        [DESKTOP, "admin-desktop"],
        [PHONE, "admin-phone"],
      ]) {
        const operator = await visit(device, "/admin/");
        await eventually("it is ready", async () => (await operator.page.textContent("#state")) === "Ready");
        const messages = operator.page.locator(".chart", { hasText: "Messages" });
        await eventually(
          "a line is drawn",
          async () => {
            assert.match(await messages.locator("path.series-0").getAttribute("d"), /L/);
            return Number.parseFloat(await messages.locator(".entry.series-0 b").textContent()) > 0;
          },
          { deadline: 15_000 },
        );
        const row = operator.page.locator("#events tr", { hasText: "sendMessage" });
        await row.waitFor();
        assert.doesNotMatch(await operator.page.textContent("main"), /NaN|undefined|null|Infinity/);
        await operator.looksRight(name);
      }
    } finally {
      clearInterval(talk);
    }
  });
});
