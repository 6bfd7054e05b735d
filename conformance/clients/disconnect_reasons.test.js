// Why a connection ended, as the client and as the server name it.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import {
  CLIENT_VERSIONS, TRANSPORTS, askOne, clientLibrary, connectClient, connected, openClient,
} from "../support/clients.js";
import { eventually, nextEvent } from "../support/eventually.js";
import { openPolling, openWebSocket } from "../support/engine.js";
import { RawSocket } from "../support/raw.js";
import { startServer } from "../support/server.js";
import { sharedServer } from "../support/suite.js";

const HEARTBEAT = { pingInterval: 1000, pingTimeout: 200 };
const RECONNECTING = { reconnection: true, reconnectionDelay: 20, reconnectionDelayMax: 20 };

async function reasonAtServer(server, id) {
  const observer = await connectClient(server, { transports: ["websocket"] });
  const info = await eventually(`${id} is gone`, () => askOne(observer, "goneInfo", id));
  return info.reason;
}

describe("the server's reason", () => {
  const server = sharedServer({ ...HEARTBEAT, allowEio3: true });

  // What a client does over each transport, and what the server calls it.
  const CASES = [
    ["an undecodable Engine.IO packet", "parse error", {
      websocket: (session) => session.ws.sendText(""),
      polling: (session) => session.post("xyz"),
    }],
    ["an undecodable Socket.IO packet", "forced close", {
      websocket: (session) => session.ws.sendText("49"),
    }],
    ["binary that belongs to nothing", "forced close", {
      websocket: (session) => session.ws.sendBinary(Buffer.from([1, 2, 3])),
    }],
    ["an eleventh attachment", "forced close", {
      websocket: (session) => session.ws.sendText('4511-["echo"]'),
    }],
    ["a ping in the wrong direction", "transport error", {
      websocket: (session) => session.ws.sendText("2"),
      polling: (session) => session.post("2"),
    }],
    ["an invalid frame", "transport error", {
      websocket: (session) => session.ws.sendFrame({ opcode: 1, mask: false, payload: "4" }),
    }],
    ["two requests at a time", "transport error", {
      polling: async (session) => {
        const first = await session.pendingGet();
        await session.get();
        first.destroy();
      },
    }],
    ["an aborted request", "transport error", {
      polling: async (session) => {
        const pending = await session.pendingGet();
        await session.send('42["seq",1]');
        pending.destroy();
      },
    }],
    ["a close packet", "transport close", {
      polling: (session) => session.post("1"),
    }],
    ["a close frame", "transport close", {
      websocket: (session) => session.ws.sendClose(1000),
    }],
    ["a lost connection", "transport close", {
      websocket: (session) => session.ws.destroy(),
    }],
    ["silence", "ping timeout", { websocket: () => {}, polling: () => {} }],
    ["leaving the namespace", "client namespace disconnect", {
      websocket: (session) => session.send("41"),
      polling: (session) => session.send("41"),
    }],
    ["being told to go", "server namespace disconnect", {
      websocket: (session) => session.send('42["kickMe",false]'),
      polling: (session) => session.send('42["kickMe",true]'),
    }],
    ["the server's end of the connection", "forced close", {
      websocket: (session) => session.send('42["dropMe"]'),
    }],
  ];

  for (const [what, reason, transports] of CASES) {
    for (const [transport, act] of Object.entries(transports)) {
      test(`for ${what} over ${transport} is "${reason}"`, async () => {
        const open = transport === "websocket" ? openWebSocket : openPolling;
        const session = await open(server.port);
        const { sid } = await session.join();
        await act(session);
        assert.equal(await reasonAtServer(server, sid), reason);
        session.ws?.destroy();
      });
    }
  }

  test("for the silence of an old client is \"ping timeout\"", async () => {
    for (const open of [openWebSocket, openPolling]) {
      const session = await open(server.port, { eio: 3 });
      assert.equal(await reasonAtServer(server, session.sid), "ping timeout");
      session.ws?.destroy();
    }
  });
});

describe("the heartbeat", () => {
  const server = sharedServer({ pingInterval: 300, pingTimeout: 5000, allowEio3: true });
  CLIENT_VERSIONS.forEach(clientLibrary); // loading them takes longer than a ping may

  test("is kept by clients of every version over every transport", async () => {
    const sockets = await Promise.all(
      CLIENT_VERSIONS.flatMap((version) =>
        Object.values(TRANSPORTS).map((options) => connectClient(server, { version, ...options })),
      ),
    );
    await outlast(3);
    for (const socket of sockets) {
      assert.equal(socket.connected, true);
      assert.equal(await askOne(socket, "echo", 1), 1);
    }
  });

  // Resolves after as many pings: a measure of time that the server itself gives.
  async function outlast(count) {
    const { ws } = await openWebSocket(server.port);
    for (let i = 0; i < count; ++i) {
      assert.equal(await ws.nextText(), "2");
      ws.sendText("3");
    }
    ws.destroy();
  }
});

describe("the client's reason", () => {
  test("for a frozen server is \"ping timeout\"", async (t) => {
    const server = await startServer({ ...HEARTBEAT, allowEio3: true });
    t.after(() => server.kill());
    const sockets = await Promise.all(
      CLIENT_VERSIONS.map((version) => connectClient(server, { version, transports: ["websocket"] })),
    );
    const gone = sockets.map((socket) => nextEvent(socket, "disconnect"));
    server.signal("SIGSTOP");
    for (const [reason] of await Promise.all(gone)) {
      assert.equal(reason, "ping timeout");
    }
    sockets.forEach((socket) => socket.disconnect());
  });

  test("for a server that ends is \"transport close\", and it finds the next one", async (t) => {
    const first = await startServer(HEARTBEAT);
    const sockets = await Promise.all(
      [["polling"], ["websocket"], ["polling", "websocket"]].map((transports) =>
        connectClient(first, { transports, namespace: "/custom", ...RECONNECTING }),
      ),
    );
    t.after(() => sockets.forEach((socket) => socket.disconnect()));
    const gone = sockets.map((socket) => nextEvent(socket, "disconnect"));
    const back = sockets.map((socket) => nextEvent(socket, "connect"));
    await first.stop();
    const [[polling], ...others] = await Promise.all(gone);
    // A poll that is on its way at that moment finds nobody.
    assert.match(polling, /^transport (close|error)$/);
    for (const [reason] of others) {
      assert.equal(reason, "transport close");
    }
    const second = await startServer({ ...HEARTBEAT, port: first.port });
    await Promise.all(back);
    assert.deepEqual(await Promise.all(sockets.map((socket) => askOne(socket, "echo", 1))), [1, 1, 1]);
    sockets.forEach((socket) => socket.disconnect());
    await second.stop();
  });

  test("for a killed server is \"transport close\"", async () => {
    const server = await startServer(HEARTBEAT);
    const socket = await connectClient(server, { transports: ["websocket"] });
    const gone = nextEvent(socket, "disconnect");
    await server.kill();
    assert.equal((await gone)[0], "transport close");
  });
});

describe("a server that is told to end", () => {
  test("ends in time with idle, silent and half open connections", async () => {
    const server = await startServer();
    const idle = await RawSocket.connect(server.port);
    const halfRequest = await RawSocket.connect(server.port);
    halfRequest.send("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n");
    const polling = await openPolling(server.port);
    await polling.join();
    const waiting = await polling.pendingGet();
    const ws = await openWebSocket(server.port);
    await ws.join();
    const client = openClient(server);
    await connected(client);
    await server.stop();
    for (const socket of [idle, halfRequest, waiting, ws.ws.socket]) {
      await socket.waitClose();
      socket.destroy();
    }
    client.disconnect();
  });
});
