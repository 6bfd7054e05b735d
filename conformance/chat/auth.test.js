// Authentication with tokens: seed document 002, section 4.
import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { AUTH, ISO_TIME, newName, person, sharedChat, token } from "./suite.js";
import { askOne, openClient } from "../support/clients.js";
import { nextEvent } from "../support/eventually.js";

const ADA = { sub: "42", email: "ada@example.org", username: "ada" };

function open(server, namespace, options) {
  return openClient(server, { namespace, transports: ["websocket"], ...options });
}

describe("with a key, on /", () => {
  const server = sharedChat(AUTH);

  async function isRefused(options, error) {
    const socket = open(server, "/", options);
    const refused = nextEvent(socket, "authError");
    const gone = nextEvent(socket, "disconnect");
    assert.deepEqual(await refused, [{ message: "Authentication failed", error }]);
    assert.equal((await gone)[0], "io server disconnect");
  }

  for (const [where, options] of [
    ["query", { query: { token: token(ADA) } }],
    ["header", { extraHeaders: { authorization: `Bearer ${token(ADA)}` } }],
    ["auth payload", { auth: { token: token(ADA) } }],
  ]) {
    test(`a token in the ${where} lets in`, async () => {
      const socket = open(server, "/", options);
      const [{ user, timestamp }] = await nextEvent(socket, "authenticated");
      assert.deepEqual(user, { id: "42", email: "ada@example.org", username: "ada" });
      assert.match(timestamp, ISO_TIME);
      assert.deepEqual(await askOne(socket, "join-room", newName("room")), { success: true });
    });
  }

  test("nobody else comes in", async () => {
    await isRefused({}, "No token provided");
    await isRefused({ auth: { token: "rubbish" } }, "jwt malformed");
    await isRefused({ auth: { token: token(ADA, { secret: "another" }) } }, "invalid signature");
    await isRefused({ auth: { token: token(ADA, { seconds: -1 }) } }, "jwt expired");
    await isRefused({ auth: { token: token({ username: "ada" }) } }, "jwt has no subject (sub)");
  });

  test("the session ends with the token", async () => {
    const socket = open(server, "/", { auth: { token: token(ADA, { seconds: 2 }) } });
    await nextEvent(socket, "authenticated");
    const refused = nextEvent(socket, "authError");
    const gone = nextEvent(socket, "disconnect");
    assert.deepEqual(await refused, [{ message: "Authentication failed", error: "jwt expired" }]);
    await gone;
  });

  test("a new token prolongs it", async () => {
    const socket = open(server, "/", { auth: { token: token(ADA, { seconds: 2 }) } });
    await nextEvent(socket, "authenticated");
    const answer = await askOne(socket, "refreshToken", { token: token(ADA) });
    assert.equal(answer.success, true);
    assert.ok((await askOne(socket, "refreshToken", { token: token({ sub: "43" }) })).error);
    await new Promise((resolve) => socket.timeout(2500).emit("nobody-answers", resolve));
    assert.ok(socket.connected);
  });

  test("in the chat a token's name counts, and guests are marked as such", async () => {
    const guest = await person(server, "ada");
    assert.equal((await askOne(guest, "joinChat", { username: "ada" })).username, "ada (guest)");
    const ada = open(server, "/chat", { auth: { token: token(ADA) } });
    await nextEvent(ada, "welcome");
    assert.deepEqual(await askOne(ada, "joinChat", { username: "somebody" }), { success: true, username: "ada" });
    assert.deepEqual(await askOne(ada, "joinChat"), { success: true, username: "ada" });
  });

  test("a wrong token makes nobody a guest", async () => {
    const socket = open(server, "/chat", { auth: { token: "rubbish" } });
    assert.equal((await nextEvent(socket, "authError"))[0].error, "jwt malformed");
  });
});

describe("with auth.required", () => {
  const server = sharedChat({ ...AUTH, authRequired: true });

  for (const namespace of ["/chat", "/rooms"]) {
    test(`there are no guests on ${namespace}`, async () => {
      const guest = open(server, namespace);
      assert.equal((await nextEvent(guest, "authError"))[0].error, "No token provided");
      const user = open(server, namespace, { auth: { token: token(ADA) } });
      assert.equal((await nextEvent(user, "authenticated"))[0].user.username, "ada");
    });
  }

  test("on /rooms the name of the token counts", async () => {
    const room = newName("room");
    const socket = open(server, "/rooms", { auth: { token: token(ADA) } });
    const joined = nextEvent(socket, "userJoinedRoom");
    await askOne(socket, "joinRoom", { room, username: "somebody" });
    assert.equal((await joined)[0].username, "ada");
  });
});

describe("without a key", () => {
  const server = sharedChat();

  test("everybody is a guest, whatever he shows", async () => {
    const socket = open(server, "/", { auth: { token: "rubbish" } });
    assert.deepEqual(await askOne(socket, "join-room", newName("room")), { success: true });
  });
});
