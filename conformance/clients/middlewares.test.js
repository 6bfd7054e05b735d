// Middlewares of namespaces and of sockets.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { askOne, connectClient, connected, openClient, refusal } from "../support/clients.js";
import { eventually, nextEvent, record, within } from "../support/eventually.js";
import { sharedServer } from "../support/suite.js";

describe("namespace middlewares", () => {
  const server = sharedServer();
  const open = (options) => openClient(server, { transports: ["websocket"], ...options });

  test("see auth first and the query when auth has no token", async () => {
    const admitted = [
      { auth: { token: "secret" } },
      { query: { token: "secret" } },
      { auth: { other: 1 }, query: { token: "secret" } },
      { auth: { token: "secret" }, query: { token: "wrong" } },
    ];
    for (const options of admitted) {
      const socket = open({ namespace: "/auth", ...options });
      assert.deepEqual(await nextEvent(socket, "welcome"), [{ user: "judge" }]);
    }
    const refused = [
      {},
      { auth: { token: "wrong" } },
      { auth: { token: "wrong" }, query: { token: "secret" } },
      { auth: { token: ["secret"] } },
      { auth: { token: { secret: true } } },
    ];
    for (const options of refused) {
      const error = await refusal(open({ namespace: "/auth", ...options }));
      assert.equal(error.message, "unauthorized");
      assert.deepEqual(error.data, { code: 401 });
    }
  });

  test("leave the connection open when they refuse, and let in later", async () => {
    const main = open({});
    await connected(main);
    const socket = main.io.socket("/auth", { auth: { token: "wrong" } });
    assert.equal((await refusal(socket)).message, "unauthorized");
    assert.equal(socket.connected, false);
    assert.equal(await askOne(main, "echo", "alive"), "alive");
    socket.auth = { token: "secret" };
    socket.connect();
    await connected(socket);
    assert.equal((await askOne(socket, "whoami")).auth.token, "secret");
  });

  test("that refuse leave nothing behind", async () => {
    await Promise.all(Array.from({ length: 10 }, () => refusal(open({ namespace: "/auth" }))));
    const socket = open({ namespace: "/auth", auth: { token: "secret" } });
    await connected(socket);
    await eventually("only the admitted one is there", async () => {
      const { sockets, rooms } = await askOne(socket, "serverStats");
      return sockets === 1 && rooms === 1;
    });
  });

  test("run once for each connection", async () => {
    const first = open({ namespace: "/recover" });
    const [session] = await nextEvent(first, "session");
    assert.deepEqual(session, { recovered: false, id: first.id, rooms: [first.id], data: {} });
    const { recoverMiddlewareRuns } = await askOne(first, "serverStats");
    await nextEvent(open({ namespace: "/recover" }), "session");
    const after = (await askOne(first, "serverStats")).recoverMiddlewareRuns;
    assert.equal(after, recoverMiddlewareRuns + 1);
  });
});

describe("socket middlewares", () => {
  const server = sharedServer();

  test("refuse an event with an error that only the server hears of", async () => {
    const socket = await connectClient(server, { transports: ["websocket"] });
    for (const args of [[], [1, { a: 2 }], [Buffer.from("binary")]]) {
      const heard = nextEvent(socket, "middlewareError");
      socket.emit("forbidden", ...args);
      assert.deepEqual(await heard, ["forbidden event"]);
    }
    assert.equal(await askOne(socket, "echo", "alive"), "alive");
  });

  test("never answer for what they refuse", async () => {
    const socket = await connectClient(server, { transports: ["websocket"] });
    const answered = record(socket, "answered");
    socket.emit("forbidden", () => socket.emitReserved("answered"));
    assert.deepEqual(await nextEvent(socket, "middlewareError"), ["forbidden event"]);
    assert.equal(await askOne(socket, "echo", 1), 1);
    assert.deepEqual(answered, []);
  });

  test("keep the order of the events around the refused one", async () => {
    const socket = await connectClient(server, { transports: ["websocket"] });
    socket.emit("seq", 1);
    socket.emit("forbidden");
    socket.emit("seq", 2);
    assert.deepEqual(await within(2000, "answer", askOne(socket, "seqGet")), [1, 2]);
  });
});
