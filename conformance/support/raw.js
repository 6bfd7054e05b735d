// HTTP/1.1 and WebSocket over plain TCP, with every byte under the test's control: nothing is
// corrected on the way, so wrong requests and wrong frames can be sent.
import net from "node:net";
import { createHash, randomBytes } from "node:crypto";
import { strict as assert } from "node:assert";
import { DEFAULT_DEADLINE_MS, within } from "./eventually.js";

const HEAD_END = "\r\n\r\n";

// A TCP connection with reads that have deadlines. Bytes that were read are gone from `buffered`.
export class RawSocket {
  #socket;
  #received = Buffer.alloc(0);
  #wakeUps = new Set();

  // `from`: the address of this end.
  static async connect(port, { host = "127.0.0.1", from, deadline = DEFAULT_DEADLINE_MS } = {}) {
    const socket = net.connect({ port, host, localAddress: from, noDelay: true });
    const connected = new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    await within(deadline, "TCP connection", connected);
    return new RawSocket(socket);
  }

  constructor(socket) {
    this.#socket = socket;
    this.closed = false; // the peer sent FIN or RST
    this.error = null; // the code of the socket error, for example "ECONNRESET"
    socket.unref(); // a failed test that leaves it open must not keep the process alive
    socket.on("data", (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    socket.on("error", (error) => {
      this.error = error.code;
    });
    const onClosed = () => {
      this.closed = true;
      this.#wake();
    };
    socket.on("end", onClosed);
    socket.on("close", onClosed);
  }

  get buffered() {
    return this.#received;
  }

  send(data) {
    this.#socket.write(data);
  }

  // FIN; the other direction stays open until the peer closes it.
  end() {
    this.#socket.end();
  }

  destroy() {
    this.#socket.destroy();
  }

  // RST, unless the FIN is on its way already: Node cannot reset such a socket (EINVAL), loses it, and then
  // never ends.
  reset() {
    if (this.#socket.writableEnded) {
      this.#socket.destroy();
    } else {
      this.#socket.resetAndDestroy();
    }
  }

  // Stops reading, so that the peer's sends pile up.
  pause() {
    this.#socket.pause();
  }

  resume() {
    this.#socket.resume();
  }

  // Everything up to and with `delimiter`.
  async readUntil(delimiter, deadline = DEFAULT_DEADLINE_MS) {
    const end = await this.#wait(`bytes up to ${JSON.stringify(delimiter)}`, deadline, () => {
      const at = this.#received.indexOf(delimiter);
      return at < 0 ? undefined : at + Buffer.byteLength(delimiter);
    });
    return this.#take(end);
  }

  async readBytes(count, deadline = DEFAULT_DEADLINE_MS) {
    await this.#wait(`${count} bytes`, deadline, () =>
      this.#received.length >= count ? true : undefined,
    );
    return this.#take(count);
  }

  // Everything until the peer closes.
  async readToEnd(deadline = DEFAULT_DEADLINE_MS) {
    await this.waitClose(deadline);
    return this.#take(this.#received.length);
  }

  async readHead(deadline = DEFAULT_DEADLINE_MS) {
    return parseHead((await this.readUntil(HEAD_END, deadline)).toString("latin1"));
  }

  // A whole response: { status, reason, headers, header(name), body, text }.
  async readResponse({ method = "GET", deadline = DEFAULT_DEADLINE_MS } = {}) {
    const head = await this.readHead(deadline);
    const body = await this.#readBody(head, method, deadline);
    return { ...head, body, text: body.toString("utf8") };
  }

  // Resolves with the socket error's code, or null after an orderly end.
  async waitClose(deadline = DEFAULT_DEADLINE_MS) {
    await this.#wait("close by the peer", deadline, () => (this.closed ? true : undefined), false);
    return this.error;
  }

  async #readBody(head, method, deadline) {
    const bodiless = method === "HEAD" || head.status < 200 || [204, 304].includes(head.status);
    if (bodiless) {
      return Buffer.alloc(0);
    }
    if (/chunked/i.test(head.header("transfer-encoding") ?? "")) {
      return this.#readChunks(deadline);
    }
    const length = head.header("content-length");
    return length === undefined ? this.readToEnd(deadline) : this.readBytes(Number(length), deadline);
  }

  async #readChunks(deadline) {
    const chunks = [];
    for (;;) {
      const size = parseInt((await this.readUntil("\r\n", deadline)).toString("latin1"), 16);
      const chunk = await this.readBytes(size, deadline);
      assert.equal((await this.readUntil("\r\n", deadline)).length, 2, "garbage after a chunk");
      if (size === 0) {
        return Buffer.concat(chunks);
      }
      chunks.push(chunk);
    }
  }

  #take(count) {
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  #wake() {
    for (const wakeUp of this.#wakeUps) {
      wakeUp();
    }
  }

  // Waits until `probe` returns something other than undefined, or the peer has closed.
  async #wait(what, deadline, probe, failOnClose = true) {
    let check;
    const found = new Promise((resolve, reject) => {
      check = () => {
        const value = probe();
        if (value !== undefined) {
          resolve(value);
        } else if (this.closed && failOnClose) {
          reject(new Error(`connection closed while waiting for ${what}; got ${show(this.#received)}`));
        }
      };
    });
    this.#wakeUps.add(check);
    try {
      check();
      return await within(deadline, what, found);
    } finally {
      this.#wakeUps.delete(check);
    }
  }
}

// One request and its response. `headers` is an object or a list of pairs and is sent as it is; Host,
// Content-Length and Connection are added unless given (null leaves one out). Pass `connection` (a
// RawSocket) to use a connection that is open; it stays open then, otherwise it is closed afterwards.
export async function request(port, options = {}) {
  const { method = "GET", connection, deadline = DEFAULT_DEADLINE_MS } = options;
  const socket = connection ?? (await RawSocket.connect(port, { deadline }));
  try {
    socket.send(formatRequest({ host: `127.0.0.1:${port}`, keepAlive: Boolean(connection), ...options }));
    return await socket.readResponse({ method, deadline });
  } finally {
    if (!connection) {
      socket.destroy();
    }
  }
}

export function formatRequest({ method = "GET", path = "/", headers = {}, body, host, keepAlive = true }) {
  const content = body === undefined ? Buffer.alloc(0) : Buffer.from(body);
  const given = Array.isArray(headers) ? headers : Object.entries(headers);
  const has = (name) => given.some(([key]) => key.toLowerCase() === name);
  const added = [];
  if (!has("host")) {
    added.push(["Host", host ?? "127.0.0.1"]);
  }
  if (!has("connection")) {
    added.push(["Connection", keepAlive ? "keep-alive" : "close"]);
  }
  if (body !== undefined && !has("content-length") && !has("transfer-encoding")) {
    added.push(["Content-Length", String(content.length)]);
  }
  const lines = [...added, ...given]
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`), content]);
}

function parseHead(text) {
  const [statusLine, ...lines] = text.slice(0, -HEAD_END.length).split("\r\n");
  const [, version, status, reason] = /^HTTP\/(\d\.\d) (\d{3}) ?(.*)$/.exec(statusLine) ?? [];
  assert.ok(version, `not a status line: ${JSON.stringify(statusLine)}`);
  const headers = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const header = (name) => headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return { version, status: Number(status), reason, headers, header };
}

function show(bytes) {
  return bytes.length > 200 ? `${bytes.length} bytes` : JSON.stringify(bytes.toString("latin1"));
}

export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

// The upgrade was answered with something other than 101; `response` is that answer.
export class UpgradeRefused extends Error {
  constructor(response) {
    super(`WebSocket upgrade answered with ${response.status}: ${response.text}`);
    this.response = response;
  }
}

// A WebSocket client without manners: it sends what it is told and answers nothing by itself.
export class RawWebSocket {
  static async open(port, path, headers = {}, { deadline = DEFAULT_DEADLINE_MS } = {}) {
    const socket = await RawSocket.connect(port, { deadline });
    const key = randomBytes(16).toString("base64");
    const upgrade = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": key,
      ...headers,
    };
    socket.send(formatRequest({ path, headers: upgrade, host: `127.0.0.1:${port}` }));
    const head = await socket.readHead(deadline);
    if (head.status !== 101) {
      const length = Number(head.header("content-length") ?? 0);
      const body = await socket.readBytes(length, deadline);
      socket.destroy();
      throw new UpgradeRefused({ ...head, body, text: body.toString("utf8") });
    }
    if (upgrade["Sec-WebSocket-Key"] === key) {
      assert.equal(head.header("sec-websocket-accept"), acceptKey(key));
    }
    return new RawWebSocket(socket, head);
  }

  constructor(socket, response) {
    this.socket = socket;
    this.response = response;
  }

  sendText(text) {
    this.sendFrame({ opcode: Opcode.text, payload: text });
  }

  sendBinary(bytes) {
    this.sendFrame({ opcode: Opcode.binary, payload: bytes });
  }

  sendClose(code, reason = "") {
    const payload = Buffer.alloc(code === undefined ? 0 : 2 + Buffer.byteLength(reason));
    if (code !== undefined) {
      payload.writeUInt16BE(code);
      payload.write(reason, 2);
    }
    this.sendFrame({ opcode: Opcode.close, payload });
  }

  sendFrame(frame) {
    this.socket.send(formatFrame(frame));
  }

  // The next frame: { fin, rsv, opcode, data, text }. Server frames must not be masked.
  async nextFrame(deadline = DEFAULT_DEADLINE_MS) {
    const [first, second] = await this.socket.readBytes(2, deadline);
    assert.equal(second & 0x80, 0, "a server frame is masked");
    const length = await this.#readLength(second & 0x7f, deadline);
    const data = await this.socket.readBytes(length, deadline);
    return {
      fin: Boolean(first & 0x80),
      rsv: (first >> 4) & 7,
      opcode: first & 15,
      data,
      text: data.toString("utf8"),
    };
  }

  // The next message or control frame, fragments put together.
  async next(deadline = DEFAULT_DEADLINE_MS) {
    const message = await this.nextFrame(deadline);
    while (!message.fin) {
      const more = await this.nextFrame(deadline);
      assert.equal(more.opcode, Opcode.continuation);
      message.data = Buffer.concat([message.data, more.data]);
      message.fin = more.fin;
    }
    message.text = message.data.toString("utf8");
    return message;
  }

  // The next text message as a string.
  async nextText(deadline = DEFAULT_DEADLINE_MS) {
    const message = await this.next(deadline);
    assert.equal(message.opcode, Opcode.text, `opcode ${message.opcode}: ${show(message.data)}`);
    return message.text;
  }

  // Skips messages up to the close frame. `hasCode` is false when it carries no status code; `code` is
  // 1006 when the connection went away without a close frame.
  async waitClose(deadline = DEFAULT_DEADLINE_MS) {
    const end = performance.now() + deadline;
    for (;;) {
      let frame;
      try {
        frame = await this.nextFrame(Math.max(1, end - performance.now()));
      } catch (error) {
        if (!this.socket.closed) {
          throw error;
        }
        return { code: 1006, hasCode: false, reason: "" };
      }
      if (frame.opcode === Opcode.close) {
        const hasCode = frame.data.length >= 2;
        const code = hasCode ? frame.data.readUInt16BE(0) : 1005;
        return { code, hasCode, reason: frame.data.subarray(2).toString("utf8") };
      }
    }
  }

  // Closes in the orderly way: close frame, the answer, end of the connection.
  async close(code = 1000) {
    this.sendClose(code);
    await this.waitClose();
    this.socket.destroy();
  }

  destroy() {
    this.socket.destroy();
  }

  async #readLength(short, deadline) {
    if (short === 126) {
      return (await this.socket.readBytes(2, deadline)).readUInt16BE(0);
    }
    if (short === 127) {
      return Number((await this.socket.readBytes(8, deadline)).readBigUInt64BE(0));
    }
    return short;
  }
}

// `rsv` is the three reserved bits as a number (RSV1 = 4). `mask` false sends an unmasked frame.
// `length` claims another length than that of the payload.
export function formatFrame({ fin = true, rsv = 0, opcode, mask = true, payload = "", length }) {
  const data = Buffer.from(payload);
  const head = frameHead((fin ? 0x80 : 0) | (rsv << 4) | opcode, mask ? 0x80 : 0, length ?? data.length);
  if (!mask) {
    return Buffer.concat([head, data]);
  }
  const key = randomBytes(4);
  for (let i = 0; i < data.length; ++i) {
    data[i] ^= key[i & 3];
  }
  return Buffer.concat([head, key, data]);
}

function frameHead(first, maskBit, length) {
  if (length < 126) {
    return Buffer.from([first, maskBit | length]);
  }
  if (length < 65536) {
    return Buffer.from([first, maskBit | 126, length >> 8, length & 255]);
  }
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = maskBit | 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

function acceptKey(key) {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}
