// The events of `/chat`: seed document 002, and what a chat needs beside.
import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { ISO_TIME, connectTo, leaves, newName, person, sharedChat } from "./suite.js";
import { askOne, openClient } from "../support/clients.js";
import { eventually, nextEvent, record } from "../support/eventually.js";

describe("the chat of the seed document", () => {
  const server = sharedChat();

  test("who connects is welcome", async () => {
    const socket = openClient(server, { namespace: "/chat" });
    const [welcome] = await nextEvent(socket, "welcome");
    assert.equal(welcome.message, "Welcome to the chat!");
    assert.match(welcome.timestamp, ISO_TIME);
    assert.deepEqual(Object.keys(welcome), ["message", "timestamp"]);
  });

  test("joining: everybody hears it, the client gets who is there", async () => {
    const [ada, bob] = [newName("ada"), newName("bob")];
    const first = await person(server, ada);
    const heard = nextEvent(first, "userJoined");
    const second = await connectTo(server, "/chat");
    const order = [];
    for (const event of ["userJoined", "onlineUsers"]) {
      second.on(event, (data) => order.push([event, data]));
    }
    assert.deepEqual(await askOne(second, "joinChat", { username: bob }), { success: true, username: bob });
    assert.deepEqual(order.map(([event]) => event), ["userJoined", "onlineUsers"]);
    assert.deepEqual(order[1][1], { users: [ada, bob].sort() });
    const [{ username, timestamp }] = await heard;
    assert.equal(username, bob);
    assert.match(timestamp, ISO_TIME);
  });

  test("who has not joined cannot speak", async () => {
    const socket = await connectTo(server, "/chat");
    assert.deepEqual(await askOne(socket, "sendMessage", { message: "hello" }), {
      error: "You must join the chat first",
    });
  });

  test("a message goes to everybody, also to who sent it and who has not joined", async () => {
    const ada = await person(server, newName("ada"));
    const guest = await connectTo(server, "/chat");
    const heard = [nextEvent(ada, "newMessage"), nextEvent(guest, "newMessage")];
    assert.deepEqual(await askOne(ada, "sendMessage", { message: "hello ☃" }), { success: true });
    const [[own], [other]] = await Promise.all(heard);
    assert.deepEqual(own, other);
    assert.equal(own.message, "hello ☃");
    assert.equal(own.room, "lobby");
    assert.match(own.timestamp, ISO_TIME);
    assert.match(own.id, /^[0-9A-Za-z]{26}$/);
    assert.deepEqual(Object.keys(own).sort(), ["id", "message", "room", "timestamp", "username"]);
  });

  test("events without an acknowledgement are carried out as well", async () => {
    const socket = await connectTo(server, "/chat");
    const name = newName("react");
    socket.emit("joinChat", { username: name });
    socket.emit("sendMessage", { message: "from a component" });
    const [{ username, message }] = await nextEvent(socket, "newMessage");
    assert.deepEqual([username, message], [name, "from a component"]);
  });

  test("leaving: the others hear it", async () => {
    const ada = await person(server, newName("ada"));
    const name = newName("bob");
    const bob = await person(server, name);
    const left = leaves(ada, name);
    bob.disconnect();
    const { timestamp } = await left;
    assert.match(timestamp, ISO_TIME);
  });

  test("with two connections one leaves with the last of them", async () => {
    const ada = await person(server, newName("ada"));
    const all = record(ada, "userLeft");
    const name = newName("bob");
    const left = () => all.filter(([{ username }]) => username === name);
    const [phone, desktop] = [await person(server, name), await person(server, name)];
    phone.disconnect();
    const barrier = nextEvent(ada, "newMessage");
    await askOne(desktop, "sendMessage", { message: "still here" });
    await barrier;
    assert.deepEqual(left(), []);
    desktop.disconnect();
    await eventually("bob has left", () => left().length === 1);
  });

  test("joining under another name leaves under the old one", async () => {
    const [old, fresh] = [newName("old"), newName("new")];
    const ada = await person(server, newName("ada"));
    const left = leaves(ada, old);
    const socket = await person(server, old);
    const users = nextEvent(socket, "onlineUsers");
    assert.equal((await askOne(socket, "joinChat", { username: fresh })).username, fresh);
    await left;
    const names = (await users)[0].users;
    assert.ok(names.includes(fresh) && !names.includes(old), String(names));
  });

  test("payloads are checked, and the answer says what is wrong", async () => {
    const socket = await connectTo(server, "/chat");
    const cases = [
      ["joinChat", [{ username: "" }], "username should not be empty"],
      ["joinChat", [{ username: 5 }], "username must be a string"],
      ["joinChat", [{ username: "x".repeat(65) }], "username must be shorter than or equal to 64 characters"],
      ["joinChat", ["ada"], "the payload must be an object"],
      ["joinChat", [], "username must be a string"],
      ["sendMessage", [], "the payload must be an object"],
      ["sendMessage", [{ message: "" }], "message should not be empty"],
      ["sendMessage", [{ message: {} }], "message must be a string"],
      ["sendMessage", [{ message: "x".repeat(501) }], "message must be shorter than or equal to 500 characters"],
      ["joinRoom", [{ room: "x".repeat(129) }], "room must be shorter than or equal to 128 characters"],
      ["getHistory", [{ limit: 0 }]],
      ["markDelivered", [{ ids: [] }]],
      ["getPresence", [{ users: "ada" }]],
    ];
    for (const [event, args, error] of cases) {
      const answer = await askOne(socket, event, ...args);
      assert.ok(answer.error, `${event} ${JSON.stringify(args)}: ${JSON.stringify(answer)}`);
      if (error !== undefined) {
        assert.deepEqual(answer, { error }, event);
      }
    }
    assert.ok(socket.connected);
    assert.deepEqual(
      await askOne(await person(server, newName("ada")), "sendMessage", { message: "x".repeat(500) }),
      { success: true },
    );
  });
});

describe("typing", () => {
  const server = sharedChat({ presenceTypingInterval: 200, presenceTypingTimeout: 400 });

  test("the others see it, once in the interval, and that it stopped", async () => {
    const name = newName("ada");
    const [ada, bob] = [await person(server, name), await person(server, newName("bob"))];
    const own = record(ada, "userTyping");
    const seen = record(bob, "userTyping");
    ada.emit("typing", { isTyping: true });
    ada.emit("typing", { isTyping: true });
    ada.emit("typing", { isTyping: false });
    await eventually("both", () => seen.length === 2);
    assert.deepEqual(seen, [[{ username: name, isTyping: true }], [{ username: name, isTyping: false }]]);
    assert.deepEqual(own, []);
  });

  test("who says nothing more has stopped", async () => {
    const [ada, bob] = [await person(server, newName("ada")), await person(server, newName("bob"))];
    const seen = record(bob, "userTyping");
    ada.emit("typing", { isTyping: true });
    await eventually("it stops by itself", () => seen.length === 2);
    assert.deepEqual(seen.map(([{ isTyping }]) => isTyping), [true, false]);
  });

  test("who disconnects has stopped", async () => {
    const [ada, bob] = [await person(server, newName("ada")), await person(server, newName("bob"))];
    const seen = record(bob, "userTyping");
    ada.emit("typing", { isTyping: true });
    await eventually("typing", () => seen.length === 1);
    ada.disconnect();
    await eventually("stopped", () => seen.length === 2);
  });

  test("in a room only its members see it", async () => {
    const room = newName("room");
    const people = [];
    for (const name of ["ada", "bob", "cy"]) {
      people.push(await person(server, newName(name)));
    }
    const [ada, bob, cy] = people;
    await askOne(ada, "joinRoom", { room });
    await askOne(bob, "joinRoom", { room });
    const outside = record(cy, "userTyping");
    const inside = nextEvent(bob, "userTyping");
    cy.emit("typing", { isTyping: true, room });
    ada.emit("typing", { isTyping: true, room });
    assert.equal((await inside)[0].room, room);
    const barrier = nextEvent(cy, "newMessage");
    await askOne(ada, "sendMessage", { message: "barrier" });
    await barrier;
    assert.deepEqual(outside, []);
  });
});

describe("messages", () => {
  const server = sharedChat({ limitsMessagePoints: 0, limitsEventPoints: 0 });

  test("a nonce makes a message be stored and told once", async () => {
    const ada = await person(server, newName("ada"));
    const told = record(ada, "newMessage");
    const message = { message: "once", nonce: newName("nonce") };
    const first = await askOne(ada, "sendMessage", message);
    assert.equal(first.success, true);
    assert.match(first.timestamp, ISO_TIME);
    assert.deepEqual(await askOne(ada, "sendMessage", message), first);
    await askOne(ada, "sendMessage", { message: "barrier" });
    await eventually("the barrier", () => told.length >= 2);
    assert.deepEqual(told.map(([{ message: text }]) => text), ["once", "barrier"]);
    assert.equal(told[0][0].id, first.id);
    assert.equal(told[0][0].nonce, message.nonce);
  });

  test("what is encrypted is relayed and stored untouched", async () => {
    const room = newName("secret");
    const [ada, bob] = [await person(server, newName("ada")), await person(server, newName("bob"))];
    await askOne(ada, "joinRoom", { room });
    await askOne(bob, "joinRoom", { room });
    const ciphertext = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const iv = Buffer.from("0123456789ab");
    const heard = nextEvent(bob, "newMessage");
    assert.deepEqual(await askOne(ada, "sendMessage", { room, ciphertext, iv }), { success: true });
    const [message] = await heard;
    const { messages } = await askOne(bob, "getHistory", { room });
    for (const each of [message, messages[0]]) {
      assert.ok(ciphertext.equals(Buffer.from(each.ciphertext)));
      assert.ok(iv.equals(Buffer.from(each.iv)));
      assert.equal("message" in each, false);
    }
  });

  test("history comes in pages, the oldest first", async () => {
    const room = newName("history");
    const ada = await person(server, newName("ada"));
    await askOne(ada, "joinRoom", { room });
    for (let i = 0; i < 7; ++i) {
      await askOne(ada, "sendMessage", { room, message: `m${i}` });
    }
    const texts = (page) => page.messages.map(({ message }) => message);
    const last = await askOne(ada, "getHistory", { room, limit: 3 });
    assert.deepEqual([texts(last), last.more], [["m4", "m5", "m6"], true]);
    const before = await askOne(ada, "getHistory", { room, limit: 4, before: last.messages[0].id });
    assert.deepEqual([texts(before), before.more], [["m0", "m1", "m2", "m3"], false]);
    assert.equal(texts(await askOne(ada, "getHistory", { roomId: room })).length, 7);
  });

  test("history is for members", async () => {
    const room = newName("history");
    const [ada, bob] = [await person(server, newName("ada")), await person(server, newName("bob"))];
    await askOne(ada, "joinRoom", { room });
    const refused = { error: "You must join the room first" };
    assert.deepEqual(await askOne(bob, "getHistory", { room }), refused);
    assert.deepEqual(await askOne(bob, "sendMessage", { room, message: "let me in" }), refused);
    assert.deepEqual(await askOne(bob, "markRead", { room, upTo: "x" }), refused);
  });

  test("senders hear that their messages were delivered and read, once", async () => {
    const room = newName("receipts");
    const [adaName, bobName] = [newName("ada"), newName("bob")];
    const [ada, bob] = [await person(server, adaName), await person(server, bobName)];
    await askOne(ada, "joinRoom", { room });
    await askOne(bob, "joinRoom", { room });
    const arrived = nextEvent(bob, "newMessage");
    await askOne(ada, "sendMessage", { room, message: "read me" });
    const [{ id }] = await arrived;
    const news = record(ada, "messageStatus");
    assert.deepEqual(await askOne(bob, "markDelivered", { ids: [id] }), { success: true });
    assert.deepEqual(await askOne(bob, "markDelivered", { ids: [id] }), { success: true });
    assert.deepEqual(await askOne(bob, "markRead", { room, upTo: id }), { success: true });
    await eventually("both", () => news.length === 2);
    assert.deepEqual(
      news.map(([{ timestamp, ...rest }]) => rest),
      ["delivered", "read"].map((status) => ({ id, room, username: bobName, status })),
    );
    const { receipts } = await askOne(ada, "getReceipts", { id });
    assert.equal(receipts.length, 1);
    assert.equal(receipts[0].username, bobName);
    assert.match(receipts[0].delivered, ISO_TIME);
    assert.match(receipts[0].read, ISO_TIME);
    const stranger = await person(server, newName("cy"));
    assert.ok((await askOne(stranger, "getReceipts", { id })).error);
  });
});

describe("presence on one node", () => {
  const server = sharedChat({ presenceGrace: 100 });

  test("is told when somebody comes, and when he has been away for the grace", async () => {
    const ada = await person(server, newName("ada"));
    const name = newName("bob");
    const news = record(ada, "presence");
    const ofBob = () => news.map(([change]) => change).filter(({ username }) => username === name);
    const bob = await person(server, name);
    await eventually("online", () => ofBob().length === 1);
    assert.deepEqual(ofBob()[0], { username: name, online: true });
    bob.disconnect();
    await eventually("offline", () => ofBob().length === 2);
    const { lastSeen, ...rest } = ofBob()[1];
    assert.deepEqual(rest, { username: name, online: false });
    assert.match(lastSeen, ISO_TIME);
    const nobody = newName("nobody");
    const { presence } = await askOne(ada, "getPresence", { users: [name, nobody] });
    assert.deepEqual(presence, [{ username: name, online: false, lastSeen }, { username: nobody, online: false }]);
  });
});

describe("a client that comes back with its state (connection state recovery)", () => {
  const server = sharedChat({ websocketRecovery: 60_000 });

  test("is in the chat and in its rooms, and needs no joinChat", async () => {
    const room = newName("room");
    const [adaName, bobName] = [newName("ada"), newName("bob")];
    const ada = await person(server, adaName, { reconnection: true, reconnectionDelay: 500 });
    const bob = await person(server, bobName);
    await askOne(ada, "joinRoom", { room });
    await askOne(bob, "joinRoom", { room });
    await askOne(bob, "sendMessage", { room, message: "before" });
    const back = nextEvent(ada, "connect");
    ada.io.engine.close();
    await back;
    assert.ok(ada.recovered);
    const heard = nextEvent(bob, "newMessage");
    assert.deepEqual(await askOne(ada, "sendMessage", { room, message: "after" }), { success: true });
    assert.equal((await heard)[0].username, adaName);
    const { presence } = await askOne(bob, "getPresence", { users: [adaName] });
    assert.deepEqual(presence, [{ username: adaName, online: true }]);
  });
});

describe("the chat on the main namespace", () => {
  const server = sharedChat({ chatMainNamespace: true });

  test("is the same chat", async () => {
    const [one, two] = [newName("ada"), newName("bob")];
    const ada = await person(server, one);
    const joined = nextEvent(ada, "userJoined");
    const bob = await person(server, two, { namespace: "/" });
    assert.equal((await joined)[0].username, two);
    const room = newName("room");
    await askOne(ada, "joinRoom", { room });
    await askOne(bob, "joinRoom", { room });
    for (const [from, to] of [[ada, bob], [bob, ada]]) {
      const heard = nextEvent(to, "newMessage");
      const typing = nextEvent(to, "userTyping");
      from.emit("typing", { isTyping: true });
      await askOne(from, "sendMessage", { room, message: "across" });
      assert.equal((await heard)[0].message, "across");
      await typing;
    }
  });
});
