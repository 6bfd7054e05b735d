// One server for all tests of a file or of a describe block: starting one takes longer than most tests.
import { after, afterEach, before } from "node:test";
import { strict as assert } from "node:assert";
import { closeAll, connectClient, askOne } from "./clients.js";
import { eventually } from "./eventually.js";
import { startServer } from "./server.js";

// Registers the hooks and returns an object that has `port` and `url` while the tests run. Clients that
// a test opened are closed after it. At the end nothing of them may be left in the server, which must
// then stop cleanly. `options.client` has what every client of this server needs.
export function sharedServer(flags = {}, options = {}) {
  const handle = {};
  let server;
  before(async () => {
    server = await startServer(flags, options);
    Object.assign(handle, { process: server, port: server.port, url: server.url });
  });
  afterEach(closeAll);
  after(async () => {
    closeAll();
    try {
      await nothingIsLeft(handle, flags, options.client);
    } finally {
      closeAll();
      await server?.stop();
    }
  });
  return handle;
}

async function nothingIsLeft(server, { mode = "app" }, client) {
  if (mode !== "app") {
    return;
  }
  const socket = await connectClient(server, { transports: ["websocket"], ...client });
  await eventually("all sessions, sockets and rooms are gone", async () => {
    const { clients, sockets, rooms } = await askOne(socket, "serverStats");
    assert.deepEqual({ clients, sockets, rooms }, { clients: 1, sockets: 1, rooms: 1 });
    return true;
  });
}
