// Plays a script against one server and notes everything that comes back, in a form in which two
// servers that behave alike give equal notes: ids and dates are masked, what HTTP does not care about
// is left out.
import { createHash } from "node:crypto";
import { inspect } from "node:util";
import notepack from "notepack.io";
import { sentToSession } from "../support/engine.js";
import { Opcode, RawSocket, RawWebSocket, formatRequest } from "../support/raw.js";

const DEADLINE_MS = 10_000;
const WEBSOCKET_KEY = "dGhlIHNhbXBsZSBub25jZQ==";

// Framing and connection management are each server's own business; bodies are compared instead.
const IGNORED_HEADERS = new Set([
  "connection", "content-length", "date", "keep-alive", "server", "transfer-encoding",
]);

export class Player {
  #ids = new Map();

  constructor(port) {
    this.port = port;
    this.notes = [];
  }

  note(line) {
    this.notes.push(abbreviated(this.#mask(line)));
  }

  // A request on a connection of its own. `{sid}` in the path stands for the session of `handshake`.
  async request({ method = "GET", path, headers = {}, body, pieces }) {
    const bytes = formatRequest({ method, path: this.#withSid(path), headers, body });
    const response = await this.#exchange(bytes, method, pieces);
    this.note(describe(response));
    return response;
  }

  // Bytes as they are; notes one response, or that there was none.
  async raw(bytes, { pieces, responses = 1 } = {}) {
    const connection = await RawSocket.connect(this.port);
    await sendInPieces(connection, Buffer.from(this.#withSid(String(bytes)), "latin1"), pieces);
    for (let i = 0; i < responses; ++i) {
      this.note(describe(await read(connection, "GET")));
    }
    connection.destroy();
  }

  // Whether bytes are refused (4xx, or just closed) or answered; the wording is each server's own.
  async refusal(bytes) {
    const connection = await RawSocket.connect(this.port);
    connection.send(bytes);
    const response = await read(connection, "GET");
    this.note(response.status >= 200 && response.status < 400 ? `answered ${response.status}` : "refused");
    connection.destroy();
  }

  // Opens a polling session, which the following calls use.
  async handshake({ path = "/socket.io/", eio = 4, query = "" } = {}) {
    this.eio = eio;
    this.path = path;
    this.target = `${path}?EIO=${eio}&transport=polling${query}`;
    const response = await this.request({ path: this.target });
    this.sid = /"sid\\?":\\?"([^"\\]+)/.exec(response.text)?.[1];
    this.#ids.set(this.sid, "<sid>");
    this.target += `&sid=${this.sid}`;
    return response;
  }

  post(body, { headers, ...rest } = {}) {
    const { headers: usual, ...request } = this.#toPost(body);
    return this.request({ ...request, headers: { ...usual, ...headers }, ...rest });
  }

  // A client of JSONP posts forms.
  #toPost(body) {
    const isForm = this.target.includes("&j=");
    const type = isForm ? "application/x-www-form-urlencoded" : "text/plain;charset=UTF-8";
    return {
      method: "POST",
      path: this.target,
      headers: { "Content-Type": type },
      body: isForm ? `d=${encodeURIComponent(body)}` : body,
    };
  }

  poll() {
    return this.request({ path: this.target });
  }

  // A GET that is left open; `result()` notes what came for it.
  async pending() {
    const connection = await sentToSession(this.port, this.target, formatRequest({ path: this.target }));
    return {
      drop: () => connection.destroy(),
      result: async () => {
        this.note(describe(await read(connection, "GET")));
        connection.destroy();
      },
    };
  }

  // Notes the packets that wait for the client as one list, however many polls they take. `barrier` is
  // a packet that the server answers with `answer`, the end of the list.
  async drain(barrier, answer) {
    const encode = (packet) => (this.eio === 3 ? `${packet.length}:${packet}` : packet);
    const post = formatRequest(this.#toPost(encode(barrier)));
    this.note(`barrier ${(await this.#exchange(post, "POST")).status}`);
    const bodies = [];
    for (let i = 0; i < 10; ++i) {
      const response = await this.#exchange(formatRequest({ path: this.target }), "GET");
      if (response.status !== 200) {
        bodies.push(`(${response.status} ${response.text})`);
        break;
      }
      bodies.push(response.body.toString("latin1"));
      if (response.body.includes(answer)) {
        break;
      }
    }
    const packets = bodies.join("|").replaceAll("\x1e", "|").replace(MIDDLEWARE_ERRORS, "");
    this.note(`packets ${JSON.stringify(packets)}`);
  }

  async websocket(target, headers = {}) {
    const socket = await RawSocket.connect(this.port);
    const upgrade = {
      Connection: "Upgrade",
      Upgrade: "websocket",
      "Sec-WebSocket-Version": "13",
      "Sec-WebSocket-Key": WEBSOCKET_KEY,
      ...headers,
    };
    socket.send(formatRequest({ path: this.#withSid(target), headers: upgrade }));
    const connection = new NotedWebSocket(this, socket);
    await connection.opened(!target.includes("sid="));
    return connection;
  }

  rememberId(id, name) {
    this.#ids.set(id, name);
  }

  #withSid(text) {
    return this.sid === undefined ? text : text.replaceAll("{sid}", this.sid);
  }

  #mask(line) {
    for (const [id, name] of this.#ids) {
      line = line.replaceAll(id, name);
    }
    return line
      .replace(/(\\*"(?:sid|pid)\\*":\\*")[\w-]+/g, "$1<id>")
      .replace(/(set-cookie: \w+=)[\w-]+/g, "$1<id>");
  }

  async #exchange(bytes, method, pieces) {
    const connection = await RawSocket.connect(this.port);
    await sendInPieces(connection, bytes, pieces);
    const response = await read(connection, method);
    connection.destroy();
    return response;
  }
}

class NotedWebSocket {
  #messages = [];
  #control = [];

  constructor(player, socket) {
    this.player = player;
    this.socket = socket;
    this.ws = new RawWebSocket(socket);
    this.closed = false;
  }

  // Notes the answer to the upgrade. The reference writes some errors behind a 101: that counts as the
  // error it is. `speaksFirst`: the server has something to say after a 101.
  async opened(speaksFirst) {
    const head = await read(this.socket, "HEAD");
    if (head.status === 101 && speaksFirst && (await this.#isErrorText())) {
      this.player.note(`upgrade refused: ${(await this.socket.readToEnd()).toString().split("\r\n\r\n")[1]}`);
      this.closed = true;
    } else if (head.status === 101) {
      this.player.note(describe({ ...head, body: Buffer.alloc(0), text: "" }));
    } else {
      const text = head.status === undefined ? "" : await this.#rest(head);
      this.player.note(`upgrade refused: ${text}`);
      this.closed = true;
    }
  }

  async #isErrorText() {
    const first = await this.socket.readBytes(1, DEADLINE_MS);
    this.ws = new RawWebSocket(withPushedBack(this.socket, first));
    return first[0] === 0x48; // "H" of "HTTP/1.1", which no frame of ours begins with
  }

  async #rest(head) {
    return (await this.socket.readBytes(Number(head.header("content-length") ?? 0), DEADLINE_MS)).toString();
  }

  send(...packets) {
    for (const packet of packets) {
      typeof packet === "string" ? this.ws.sendText(packet) : this.ws.sendBinary(packet);
    }
  }

  bytes(data, pieces) {
    return sendInPieces(this.socket, data, pieces);
  }

  // Notes the next frame.
  async frame() {
    this.player.note(this.#describeFrame(await this.#next()));
  }

  // Sends a ping and waits for its pong: what was sent before has been read.
  async roundTrip() {
    if (!this.closed) {
      this.ws.sendFrame({ opcode: Opcode.ping, payload: "round trip" });
      await this.until((frame) => frame.opcode === Opcode.pong && frame.text === "round trip");
    }
  }

  // Collects frames up to the one that `isLast` accepts, or up to the end of the connection. Messages
  // keep their order and control frames keep theirs, but they are told apart: a server may answer a ping
  // before it has flushed a message.
  async until(isLast) {
    while (!this.closed) {
      const frame = await this.#next();
      if (frame !== undefined && isLast(frame)) {
        return;
      }
      if (frame === undefined || frame.opcode >= Opcode.close) {
        this.#control.push(this.#describeFrame(frame));
      } else if (!tellsOfMiddlewareError(frame)) {
        this.#messages.push(this.#describeFrame(frame));
      }
    }
  }

  // Notes what was collected. Only in the end is it certain what came before a round trip and what after.
  noteCollected() {
    this.player.note(`messages ${JSON.stringify(this.#messages)} control ${JSON.stringify(this.#control)}`);
    this.#messages = [];
    this.#control = [];
  }

  destroy() {
    this.noteCollected();
    this.socket.destroy();
  }

  async #next() {
    try {
      const frame = await this.ws.next(DEADLINE_MS);
      this.closed = frame.opcode === Opcode.close;
      return frame;
    } catch (error) {
      this.closed = true;
      if (!this.socket.closed) {
        this.player.note(`silence: ${error.message}`);
      }
      return undefined;
    }
  }

  #describeFrame(frame) {
    if (frame === undefined) {
      return "end of the connection";
    }
    const names = Object.fromEntries(Object.entries(Opcode).map(([name, code]) => [code, name]));
    const name = names[frame.opcode] ?? frame.opcode;
    if (frame.opcode === Opcode.close) {
      return `close ${frame.data.length >= 2 ? frame.data.readUInt16BE(0) : "without code"}`;
    }
    return `${name} ${frame.opcode === Opcode.text ? frame.text : describeBinary(frame.data)}`;
  }
}

// What the application says of undecodable packets, in the words of each decoder.
const MIDDLEWARE_ERRORS = /(\d+:)?4\d*\["middlewareError",(?:"(?:[^"\\]|\\.)*"|null)\]\|?/g;

function tellsOfMiddlewareError(frame) {
  return frame.opcode === Opcode.text
    ? frame.text.includes('["middlewareError"')
    : frame.data.includes("middlewareError");
}

// A packet of the msgpack parser, whose keys come in any order; or just the bytes.
function describeBinary(data) {
  try {
    const packet = notepack.decode(data);
    if (packet !== null && typeof packet === "object" && "type" in packet) {
      const { type, nsp, id, data: payload } = packet;
      return `packet ${inspect({ type, nsp, id, data: payload }, { depth: null, breakLength: Infinity })}`;
    }
  } catch {
    // Not msgpack at all: an attachment.
  }
  return data.toString("hex");
}

// A RawSocket whose next read begins with `bytes`.
function withPushedBack(socket, bytes) {
  let front = bytes;
  return {
    get closed() {
      return socket.closed;
    },
    send: (data) => socket.send(data),
    destroy: () => socket.destroy(),
    async readBytes(count, deadline) {
      if (front.length === 0 || count === 0) {
        return socket.readBytes(count, deadline);
      }
      const taken = front;
      front = Buffer.alloc(0);
      return Buffer.concat([taken, await socket.readBytes(count - taken.length, deadline)]);
    },
  };
}

async function read(connection, method) {
  try {
    return await connection.readResponse({ method, deadline: DEADLINE_MS });
  } catch (error) {
    return { text: connection.closed ? "closed without an answer" : error.message, headers: [] };
  }
}

// `pieces` are the sizes of the TCP segments, used again and again.
async function sendInPieces(connection, bytes, pieces) {
  if (pieces === undefined) {
    connection.send(bytes);
    return;
  }
  for (let at = 0, i = 0; at < bytes.length; ++i) {
    const size = pieces[i % pieces.length];
    connection.send(bytes.subarray(at, at + size));
    at += size;
    await new Promise(setImmediate);
  }
}

function abbreviated(text) {
  const digest = () => createHash("sha1").update(text).digest("hex");
  return text.length > 1000 ? `${text.slice(0, 300)}... (${text.length} characters, ${digest()})` : text;
}

function describe({ status, headers, text }) {
  if (status === undefined) {
    return text;
  }
  const compared = headers
    .map(([name, value]) => [name.toLowerCase(), value])
    .filter(([name]) => !IGNORED_HEADERS.has(name))
    .map(([name, value]) => (name === "vary" ? [name, value.split(/ *, */).sort().join(", ")] : [name, value]))
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
  return [`status ${status}`, ...compared, text].join("\n");
}
