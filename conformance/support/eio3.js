// Engine.IO protocol 3 on the wire: payloads in their three framings, and sessions on top.
import { strict as assert } from "node:assert";
import { PollingSession } from "./engine.js";
import { request } from "./raw.js";

// Packets as a string payload. Lengths count UTF-16 code units, which is what String.length does.
// A Buffer is a binary message in base64.
export function encodePayload(packets) {
  return packets
    .map((packet) => (typeof packet === "string" ? packet : `b4${packet.toString("base64")}`))
    .map((packet) => `${packet.length}:${packet}`)
    .join("");
}

// The packets of a string payload; binary ones come back as Buffers.
export function decodePayload(text) {
  const packets = [];
  while (text !== "") {
    const colon = text.indexOf(":");
    assert.match(text.slice(0, colon), /^\d+$/, `no length in ${JSON.stringify(text)}`);
    const end = colon + 1 + Number(text.slice(0, colon));
    assert.ok(end <= text.length, `packet cut short in ${JSON.stringify(text)}`);
    const packet = text.slice(colon + 1, end);
    packets.push(packet.startsWith("b4") ? Buffer.from(packet.slice(2), "base64") : packet);
    text = text.slice(end);
  }
  return packets;
}

// Packets as a binary payload: 00 or 01, the digits of the length in bytes, ff, data.
export function encodeBinaryPayload(packets) {
  return Buffer.concat(
    packets.map((packet) => {
      const isText = typeof packet === "string";
      const data = isText ? Buffer.from(packet) : Buffer.concat([Buffer.from([4]), packet]);
      const digits = [...String(data.length)].map(Number);
      return Buffer.concat([Buffer.from([isText ? 0 : 1, ...digits, 0xff]), data]);
    }),
  );
}

export function decodeBinaryPayload(bytes) {
  const packets = [];
  while (bytes.length > 0) {
    const end = bytes.indexOf(0xff);
    const length = Number([...bytes.subarray(1, end)].join(""));
    const data = bytes.subarray(end + 1, end + 1 + length);
    assert.equal(data.length, length, "packet cut short");
    if (bytes[0] === 0) {
      packets.push(data.toString("utf8"));
    } else {
      assert.equal(data[0], 4);
      packets.push(data.subarray(1));
    }
    bytes = bytes.subarray(end + 1 + length);
  }
  return packets;
}

// Opens a session over polling. `query` is appended, for example "&b64=1".
export async function openEio3(port, { path = "/socket.io/", query = "", headers = {} } = {}) {
  const target = `${path}?EIO=3&transport=polling${query}`;
  const response = await request(port, { path: target, headers });
  assert.equal(response.status, 200, response.text);
  return new Eio3Session(port, target, response);
}

// The interface of PollingSession with the payloads of protocol 3.
export class Eio3Session extends PollingSession {
  constructor(port, target, response) {
    const [open, ...rest] = decodePayload(response.text);
    super(port, target, { ...response, text: open });
    this.response = response;
    this.packets = rest;
  }

  encode(packets) {
    return encodePayload(packets);
  }

  async send(...packets) {
    const response = await this.post(encodePayload(packets));
    assert.deepEqual([response.status, response.text], [200, "ok"]);
  }

  async next(options = {}) {
    while (this.packets.length === 0) {
      const response = await this.get(options);
      assert.equal(response.status, 200, response.text);
      const isBinary = response.header("content-type") === "application/octet-stream";
      this.packets = isBinary ? decodeBinaryPayload(response.body) : decodePayload(response.text);
    }
    return this.packets.shift();
  }
}
