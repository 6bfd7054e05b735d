// How much one user may do.
import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { AUTH, connectTo, newName, person, sharedChat, token } from "./suite.js";
import { askOne } from "../support/clients.js";
import { eventually, record } from "../support/eventually.js";

const EXCEEDED = { error: "Rate limit exceeded" };
const LONG = { limitsMessageDuration: 60_000 };

function send(socket, count) {
  return Promise.all(Array.from({ length: count }, (_, i) => askOne(socket, "sendMessage", { message: `m${i}` })));
}

describe("messages of a user", () => {
  const server = sharedChat(LONG);

  test("ten pass, the eleventh is refused, and the client is told", async () => {
    const ada = await person(server, newName("ada"));
    const errors = record(ada, "error");
    const answers = await send(ada, 11);
    assert.deepEqual(answers.slice(0, 10), Array(10).fill({ success: true }));
    assert.deepEqual(answers[10], EXCEEDED);
    assert.deepEqual(errors, [[{ message: "Rate limit exceeded" }]]);
    assert.ok(ada.connected);
    const bob = await person(server, newName("bob"));
    assert.deepEqual(await send(bob, 1), [{ success: true }]);
  });

  test("the same on /rooms and /", async () => {
    const room = newName("room");
    for (const [namespace, join, event] of [
      ["/rooms", ["joinRoom", { room, username: "ada" }], "sendRoomMessage"],
      ["/", ["join-room", room], "send-message"],
    ]) {
      const socket = await connectTo(server, namespace);
      await askOne(socket, ...join);
      for (let i = 0; i < 10; ++i) {
        assert.deepEqual(await askOne(socket, event, { room, username: "ada", message: "x" }), { success: true });
      }
      assert.deepEqual(await askOne(socket, event, { room, username: "ada", message: "x" }), EXCEEDED);
    }
  });
});

describe("messages of a user, in a second", () => {
  const server = sharedChat();

  test("the next second he may speak again", async () => {
    const ada = await person(server, newName("ada"));
    await send(ada, 10);
    await eventually("the window is over", async () => (await send(ada, 1))[0].success);
  });
});

describe("messages of a user with a token", () => {
  const server = sharedChat({ ...LONG, ...AUTH });

  test("count over all of his connections", async () => {
    const options = { auth: { token: token({ sub: "1", username: "ada" }) } };
    const [phone, desktop] = [await person(server, undefined, options), await person(server, undefined, options)];
    assert.ok((await send(phone, 6)).every(({ success }) => success));
    const answers = await send(desktop, 5);
    assert.deepEqual(answers, [...Array(4).fill({ success: true }), EXCEEDED]);
  });
});

describe("events of a socket", () => {
  const server = sharedChat({ limitsEventPoints: 20, limitsEventDuration: 60_000 });

  test("as many pass as may, and not one more", async () => {
    const socket = await connectTo(server, "/chat");
    const answers = await Promise.all(Array.from({ length: 21 }, () => askOne(socket, "joinChat", { username: "a" })));
    assert.ok(answers.slice(0, 20).every(({ success }) => success));
    assert.deepEqual(answers[20], EXCEEDED);
    assert.ok(socket.connected);
  });
});
