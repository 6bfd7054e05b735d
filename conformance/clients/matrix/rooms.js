// Namespaces, rooms and broadcasts.
import { test } from "node:test";
import { strict as assert } from "node:assert";
import {
  askOne, atLeast, connectClient, connected, openClient, refusal, serverId, speaksEio3,
} from "../../support/clients.js";
import { eventually, nextEvent, record } from "../../support/eventually.js";
import { bytes } from "./values.js";

export function testRooms({ version, options, eio, server }) {
  const connect = (namespace = "/", more = {}) =>
    connectClient(server, { version, namespace, ...options, ...more });

  // What has been sent before is here when an answer to a later question is.
  const settle = (...sockets) => Promise.all(sockets.map((socket) => askOne(socket, "echo", 1)));

  test("joins a namespace and several on one connection", async () => {
    const main = await connect();
    const custom = main.io.socket("/custom");
    await connected(custom);
    const [here, there] = [await askOne(main, "whoami"), await askOne(custom, "whoami")];
    assert.equal(there.nsp, "/custom");
    assert.equal(there.sid, here.sid);
    assert.equal(there.id, serverId(custom));
    assert.notEqual(there.id, here.id);
    if (eio === 3) {
      assert.equal(there.id, `/custom#${here.sid}`);
    }
    custom.disconnect();
    assert.equal(await askOne(main, "echo", "still here"), "still here");
  });

  test("joins a dynamic namespace", async () => {
    const socket = openClient(server, { version, ...options, namespace: "/dyn-17" });
    const [greeting] = await nextEvent(socket, "hello");
    assert.deepEqual(greeting, { nsp: "/dyn-17" });
    assert.equal((await askOne(socket, "whoami")).nsp, "/dyn-17");
  });

  test("is refused by an unknown namespace", async () => {
    const socket = openClient(server, { version, ...options, namespace: "/nope" });
    assert.equal((await refusal(socket)).message, "Invalid namespace");
  });

  test("is refused by a middleware with data, and let in with the secret", async () => {
    const refused = openClient(server, { version, ...options, namespace: "/auth" });
    const error = await refusal(refused);
    if (eio === 3) {
      assert.deepEqual(error, { code: 401 });
    } else {
      assert.equal(error.message, "unauthorized");
      assert.deepEqual(error.data, { code: 401 });
    }
    const credentials = atLeast(version, "3.0.0")
      ? { namespace: "/auth", auth: { token: "secret" } }
      : { namespace: "/auth?token=secret" };
    const admitted = openClient(server, { version, ...options, ...credentials });
    assert.deepEqual(await nextEvent(admitted, "welcome"), [{ user: "judge" }]);
  });

  test("reaches a whole namespace, and all but the sender", async () => {
    const [a, b] = [await connect("/custom"), await connect("/custom")];
    const elsewhere = await connect();
    const [seenByA, seenByB] = [record(a, "broadcast"), record(b, "broadcast")];
    const seenElsewhere = record(elsewhere, "broadcast");
    a.emit("broadcast", { n: 1, bytes: bytes(5) });
    a.emit("broadcastOthers", { n: 2 });
    await settle(a);
    await settle(b, elsewhere);
    assert.deepEqual(seenByA, [[{ n: 1, bytes: bytes(5) }]]);
    assert.deepEqual(seenByB, [[{ n: 1, bytes: bytes(5) }], [{ n: 2 }]]);
    assert.deepEqual(seenElsewhere, []);
  });

  test("reaches rooms, each socket once, and all but those excepted", async () => {
    const [a, b, c] = await Promise.all([connect("/custom"), connect("/custom"), connect("/custom")]);
    assert.deepEqual(await askOne(a, "join", ["red", "blue"]), [serverId(a), "red", "blue"].sort());
    assert.deepEqual(await askOne(b, "join", "blue"), [serverId(b), "blue"].sort());
    await askOne(c, "join", "red");
    const seen = [a, b, c].map((socket) => record(socket, "room"));
    a.emit("room", ["red", "blue"], "each");
    a.emit("roomExcept", "blue", "red", "blue but not red");
    a.emit("toOthers", ["red", "blue"], "others");
    a.emit("roomExcept", ["red"], [serverId(c)], "red but c");
    a.emit("room", serverId(b), "only b");
    a.emit("room", "nobody", "none");
    await settle(a);
    await settle(b, c);
    assert.deepEqual(seen.map((calls) => calls.flat()), [
      ["each", "red but c"],
      ["each", "blue but not red", "others", "only b"],
      ["each", "others"],
    ]);
    assert.deepEqual(await askOne(a, "leave", "red"), [serverId(a), "blue"].sort());
    a.emit("room", "red", "after leaving");
    await settle(a);
    await settle(c);
    assert.equal(seen[0].length, 2);
    assert.equal(seen[2].length, 3);
  });

  test("answers a question to a room", async () => {
    const [a, b] = await Promise.all([connect("/custom"), connect("/custom")]);
    await Promise.all([askOne(a, "join", "asked"), askOne(b, "join", "asked")]);
    a.on("question", (_, ack) => ack("from a"));
    b.on("question", (_, ack) => ack({ from: bytes(2) }));
    const { ok, error, answers } = await askOne(a, "askRoom", "asked");
    assert.deepEqual({ ok, error }, { ok: true, error: null });
    assert.deepEqual(new Set(answers.map((answer) => typeof answer)), new Set(["string", "object"]));
    assert.equal(answers.length, 2);
  });

  test("leaves nothing in its rooms when it goes", async () => {
    const [a, b] = await Promise.all([connect("/custom"), connect("/custom")]);
    await askOne(a, "join", "left-behind");
    const id = serverId(a);
    a.disconnect();
    const info = await eventually("the server has seen it go", () => askOne(b, "goneInfo", id));
    assert.equal(info.reason, expectedReason(version, info.reason));
    assert.deepEqual(info.rooms, [id, "left-behind"].sort());
    assert.deepEqual(await askOne(b, "fetch", "left-behind"), []);
  });
}

// The oldest clients close the connection right behind the DISCONNECT packet, which then may or may
// not arrive.
function expectedReason(version, reason) {
  return speaksEio3(version) && reason === "transport close" ? reason : "client namespace disconnect";
}
