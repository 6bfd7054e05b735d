// An Engine.IO session of protocol 3 or 4 over polling, WebSocket, or first one and then the other, that can
// be left in every rude way. Packets are strings and, for binary messages, Buffers.
import { strict as assert } from "node:assert";
import { SEPARATOR } from "../support/engine.js";
import { decodeBinaryPayload, decodePayload, encodePayload } from "../support/eio3.js";
import { Opcode, RawSocket, RawWebSocket, formatFrame, formatRequest, request } from "../support/raw.js";

const PATH = "/socket.io/";
const DEADLINE_MS = 20_000;
const HALF_A_HEAD = `GET ${PATH}?EIO=4&transport=polling HTTP/1.1\r\nHost:`;

export class Wire {
  #port;
  #eio;
  #target;
  #ws;
  #packets = [];
  #connections = new Set();
  #poller;
  #poster;
  #polling = Promise.resolve(); // the GET that waits
  #posting = Promise.resolve(); // the POST under way and the next: there may be only one at a time
  #toPost = []; // what goes with the next
  #upgrading;

  // `transport` is polling or websocket. `keepAlive` false: each request of polling has a connection of
  // its own, which may belong to any thread of the server.
  static async open(port, { eio, transport, keepAlive = true }) {
    const wire = new Wire(port, eio, transport);
    if (transport === "websocket") {
      await wire.#openWebSocket();
    } else {
      wire.#poller = keepAlive ? await wire.#connect() : undefined;
      wire.#poster = keepAlive ? await wire.#connect() : undefined;
      wire.#packets = await wire.#get();
    }
    wire.open = JSON.parse((await wire.next()).slice(1));
    wire.#target += `&sid=${wire.open.sid}`;
    return wire;
  }

  constructor(port, eio, transport) {
    this.#port = port;
    this.#eio = eio;
    this.#target = `${PATH}?EIO=${eio}&transport=${transport}`;
  }

  get upgradable() {
    return !this.#ws && !this.#upgrading;
  }

  async next() {
    for (;;) {
      if (this.#packets.length > 0) {
        return this.#packets.shift();
      }
      await this.#upgrading;
      if (this.#ws) {
        return this.#nextOfWebSocket();
      }
      this.#polling = this.#get();
      this.#packets = await this.#polling;
    }
  }

  // Packets that belong together go together.
  async send(...packets) {
    await this.#upgrading;
    if (this.#ws) {
      packets.forEach((packet) => this.#ws.sendFrame(this.#frame(packet)));
      return;
    }
    if (this.#toPost.length === 0) {
      this.#posting = this.#posting.then(() => this.#post(this.#toPost.splice(0)));
    }
    this.#toPost.push(...packets);
    await this.#posting;
  }

  async upgrade() {
    let done;
    this.#upgrading = new Promise((resolve) => (done = resolve));
    const ws = await this.probe();
    assert.equal(await ws.nextText(DEADLINE_MS), "3probe");
    await Promise.all([this.#polling, this.#posting]);
    ws.sendText("5");
    this.#ws = ws;
    this.#upgrading = undefined;
    done();
  }

  async probe() {
    const ws = await RawWebSocket.open(this.#port, this.#target.replace("polling", "websocket"), {}, {
      deadline: DEADLINE_MS,
    });
    this.#connections.add(ws.socket);
    ws.sendText("2probe");
    return ws;
  }

  // Bytes that are not a whole anything.
  async sendHalf() {
    if (this.#ws) {
      this.#ws.socket.send(formatFrame({ opcode: Opcode.text, payload: "4".repeat(100) }).subarray(0, 50));
    } else {
      const head = { method: "POST", path: this.#target, headers: { "Content-Length": "1000" } };
      (await this.#connect()).send(Buffer.concat([formatRequest(head), Buffer.from("42[")]));
      (await this.#connect()).send(HALF_A_HEAD);
    }
  }

  sendClose() {
    return this.#ws ? this.#ws.sendClose(1000) : this.send("1");
  }

  // Reads no more.
  freeze() {
    this.#connections.forEach((connection) => connection.pause());
  }

  reset() {
    this.#connections.forEach((connection) => connection.reset());
  }

  destroy() {
    this.#connections.forEach((connection) => connection.destroy());
  }

  async #openWebSocket() {
    this.#ws = await RawWebSocket.open(this.#port, this.#target, {}, { deadline: DEADLINE_MS });
    this.#connections.add(this.#ws.socket);
  }

  async #nextOfWebSocket() {
    const { opcode, data, text } = await this.#ws.next(DEADLINE_MS);
    if (opcode === Opcode.close) {
      return "1";
    }
    if (opcode === Opcode.text) {
      return text;
    }
    return Buffer.from(this.#eio === 3 ? data.subarray(1) : data);
  }

  #frame(packet) {
    if (typeof packet === "string") {
      return { opcode: Opcode.text, payload: packet };
    }
    const payload = this.#eio === 3 ? Buffer.concat([Buffer.from([4]), packet]) : packet;
    return { opcode: Opcode.binary, payload };
  }

  async #get() {
    const response = await this.#request(this.#poller, {});
    assert.equal(response.status, 200, response.text);
    if (this.#eio === 4) {
      const decode = (packet) => (packet[0] === "b" ? Buffer.from(packet.slice(1), "base64") : packet);
      return response.text.split(SEPARATOR).map(decode);
    }
    const isBinary = response.header("content-type") === "application/octet-stream";
    return isBinary ? decodeBinaryPayload(response.body) : decodePayload(response.text);
  }

  async #post(packets) {
    const encode = (packet) => (typeof packet === "string" ? packet : `b${packet.toString("base64")}`);
    const body = this.#eio === 4 ? packets.map(encode).join(SEPARATOR) : encodePayload(packets);
    const headers = { "Content-Type": "text/plain;charset=UTF-8" };
    const { status, text } = await this.#request(this.#poster, { method: "POST", body, headers });
    assert.deepEqual([status, text], [200, "ok"]);
  }

  async #request(kept, options) {
    const connection = kept ?? (await this.#connect());
    const response = await request(this.#port, {
      path: this.#target,
      connection,
      deadline: DEADLINE_MS,
      ...options,
    });
    if (!kept) {
      connection.destroy();
      this.#connections.delete(connection);
    }
    return response;
  }

  async #connect() {
    const connection = await RawSocket.connect(this.#port, { deadline: DEADLINE_MS });
    this.#connections.add(connection);
    return connection;
  }
}
