// Upgrades, disconnections and reconnections.
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { askOne, connectClient, connected, serverId, transportName } from "../../support/clients.js";
import { eventually, nextEvent, record } from "../../support/eventually.js";

const LEAST_MESSAGES = 50;

export function testLifetime({ version, options, transport, server }) {
  const connect = (namespace = "/", more = {}) =>
    connectClient(server, { version, namespace, ...options, ...more });

  if (transport === "upgrade") {
    test("keeps the order of messages each way during the upgrade", async () => {
      const polling = { ...options, transports: ["polling"], upgrade: false };
      const socket = await connectClient(server, { version, ...polling });
      const seen = record(socket, "back");
      startUpgrade(socket);
      let sent = 0;
      await eventually("upgrade and enough messages", () => {
        socket.emit("seq", sent);
        socket.emit("emitBack", "back", sent);
        ++sent;
        return transportName(socket) === "websocket" && sent >= LEAST_MESSAGES;
      }, { every: 1 });
      const expected = Array.from({ length: sent }, (_, i) => i);
      assert.deepEqual(await askOne(socket, "seqGet"), expected);
      assert.deepEqual(seen.flat(), expected);
      assert.equal((await askOne(socket, "whoami")).transport, "websocket");
    });
  }

  test("hears of a disconnection by the server, with and without the connection", async () => {
    for (const close of [false, true]) {
      const socket = await connect();
      const { id } = socket;
      const gone = nextEvent(socket, "disconnect");
      socket.emit("kickMe", close);
      assert.equal((await gone)[0], "io server disconnect");
      assert.equal(await reasonAtServer(id), "server namespace disconnect");
    }
  });

  test("hears of its own disconnection", async () => {
    const socket = await connect();
    const gone = nextEvent(socket, "disconnect");
    socket.disconnect();
    assert.equal((await gone)[0], "io client disconnect");
  });

  test("can be kicked out by another socket", async () => {
    const [a, b] = await Promise.all([connect("/custom"), connect("/custom")]);
    const gone = nextEvent(b, "disconnect");
    assert.equal(await askOne(a, "kick", serverId(b), true), true);
    assert.equal((await gone)[0], "io server disconnect");
    assert.equal(await askOne(a, "echo", "here"), "here");
  });

  test("reconnects after the server has closed the connection", async () => {
    const socket = await connect("/", { reconnection: true, reconnectionDelay: 10, randomizationFactor: 0 });
    const [first, lost] = [socket.id, nextEvent(socket, "disconnect")];
    const again = nextEvent(socket, "connect");
    socket.emit("dropMe");
    assert.equal((await lost)[0], "transport close");
    await again;
    assert.notEqual(socket.id, first);
    assert.equal(await askOne(socket, "echo", "back"), "back");
    assert.equal(await reasonAtServer(first), "forced close");
  });

  test("can connect again after leaving on purpose", async () => {
    const socket = await connect();
    const first = socket.id;
    socket.disconnect();
    await eventually("the connection is closed", () => socket.io.engine.readyState === "closed");
    socket.connect();
    await connected(socket);
    assert.notEqual(socket.id, first);
    assert.equal(await askOne(socket, "echo", "again"), "again");
  });

  test("tells the server when its connection is lost", async () => {
    const socket = await connect();
    const { id } = socket;
    socket.io.engine.close();
    assert.equal(await reasonAtServer(id), "transport close");
  });

  async function reasonAtServer(id) {
    const observer = await connectClient(server, { transports: ["websocket"], parser: options.parser });
    const info = await eventually(`the server knows why ${id} left`, () => askOne(observer, "goneInfo", id));
    return info.reason;
  }
}

// The client would upgrade before anything could be sent, so the test says when. This is the client's
// own way, only later.
function startUpgrade(socket) {
  const { engine } = socket.io;
  (engine._probe ?? engine.probe).call(engine, "websocket");
}
