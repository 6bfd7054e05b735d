// Engine.IO sessions without a client library: what is sent is what the test says.
import { strict as assert } from "node:assert";
import { RawSocket, RawWebSocket, formatRequest, request } from "./raw.js";

export const SEPARATOR = "\x1e";

// Opens a session over HTTP long-polling. Options: path, query (appended), eio, headers.
export async function openPolling(port, { path = "/socket.io/", query = "", eio = 4, headers = {} } = {}) {
  const target = `${path}?EIO=${eio}&transport=polling${query}`;
  const response = await request(port, { path: target, headers });
  assert.equal(response.status, 200, response.text);
  return new PollingSession(port, target, response);
}

export class PollingSession {
  constructor(port, target, response) {
    const [open, ...rest] = response.text.split(SEPARATOR);
    this.port = port;
    this.response = response;
    this.open = JSON.parse(open.slice(open.indexOf("{")));
    this.sid = this.open.sid;
    this.target = `${target}&sid=${this.sid}`;
    this.packets = rest;
  }

  // A GET; resolves with the whole response.
  get(options = {}) {
    return request(this.port, { path: this.target, ...options });
  }

  // A GET that is left open; the response is `await connection.readResponse()`.
  pendingGet() {
    return this.sent(formatRequest({ path: this.target }));
  }

  // Bytes on a connection of their own; see below.
  sent(bytes) {
    return sentToSession(this.port, this.target, bytes);
  }

  // A POST of a body as it is; resolves with the whole response.
  post(body, options = {}) {
    const headers = { "Content-Type": "text/plain;charset=UTF-8", ...options.headers };
    return request(this.port, { path: this.target, method: "POST", body, ...options, headers });
  }

  // Sends packets and expects `ok`.
  async send(...packets) {
    const response = await this.post(packets.join(SEPARATOR));
    assert.deepEqual([response.status, response.text], [200, "ok"]);
  }

  // The next packet, asking the server for more when none is left; pings are answered on the way.
  async next(options = {}) {
    for (;;) {
      if (this.packets.length === 0) {
        const response = await this.get(options);
        assert.equal(response.status, 200, response.text);
        this.packets = response.text.split(SEPARATOR);
      }
      const packet = this.packets.shift();
      if (packet !== "2") {
        return packet;
      }
      await this.send("3");
    }
  }

  // Joins a namespace; resolves with the payload of the CONNECT answer.
  async join(namespace = "/", auth = undefined) {
    return join(this, namespace, auth);
  }

  upgrade() {
    const path = this.target.replace("transport=polling", "transport=websocket");
    return RawWebSocket.open(this.port, path);
  }
}

// Opens a session over WebSocket and reads the open packet; `session.ws` is the raw connection.
export async function openWebSocket(port, { path = "/socket.io/", query = "", eio = 4, headers = {} } = {}) {
  const ws = await RawWebSocket.open(port, `${path}?EIO=${eio}&transport=websocket${query}`, headers);
  return new WebSocketSession(ws, JSON.parse((await ws.nextText()).slice(1)));
}

export class WebSocketSession {
  constructor(ws, open) {
    this.ws = ws;
    this.open = open;
    this.sid = open.sid;
  }

  async send(...packets) {
    for (const packet of packets) {
      typeof packet === "string" ? this.ws.sendText(packet) : this.ws.sendBinary(packet);
    }
  }

  // The next text packet; pings are answered on the way.
  async next({ deadline } = {}) {
    for (;;) {
      const packet = await this.ws.nextText(deadline);
      if (packet !== "2") {
        return packet;
      }
      this.ws.sendText("3");
    }
  }

  async join(namespace = "/", auth = undefined) {
    return join(this, namespace, auth);
  }
}

// Sends bytes on a connection of their own, and resolves with it when the server has read them: what is
// sent later, on whichever connection, comes later.
export async function sentToSession(port, target, bytes) {
  const connection = await besideTheSession(port, target);
  const witness = await besideTheSession(port, target);
  connection.send(bytes);
  await refusedPut(witness, target);
  witness.destroy();
  return connection;
}

// A connection on the shard of the session, where a refused request has brought it. A shard answers what
// comes from such connections in the order in which it comes; the order is open for a connection that
// another shard hands over.
async function besideTheSession(port, target) {
  const connection = await RawSocket.connect(port);
  await refusedPut(connection, target);
  return connection;
}

async function refusedPut(connection, target) {
  connection.send(formatRequest({ method: "PUT", path: target, body: "" }));
  assert.equal((await connection.readResponse()).status, 500);
}

async function join(session, namespace, auth) {
  const name = namespace === "/" ? "" : `${namespace},`;
  await session.send(`40${name}${auth === undefined ? "" : JSON.stringify(auth)}`);
  const answer = await session.next();
  assert.ok(answer.startsWith(`40${name}{`), answer);
  return JSON.parse(answer.slice(2 + name.length));
}
