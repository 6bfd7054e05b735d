// A client that means harm, and words for what becomes of it.
import { openPolling, openWebSocket } from "../support/engine.js";
import { openEio3 } from "../support/eio3.js";
import { ask } from "../support/application.js";
import { Opcode, RawSocket, RawWebSocket, UpgradeRefused, request } from "../support/raw.js";

export const PATH = "/socket.io/";
export const WEBSOCKET = `${PATH}?EIO=4&transport=websocket`;

const FEW = 3;

// Everything that it opens is gone after leave(), so that what is left then is the server's fault.
export class Attacker {
  #sockets = [];
  #sessions = [];

  // `reference` is that of startServer(), for cases that start servers of their own.
  constructor(server, vitals, reference) {
    this.server = server;
    this.vitals = vitals;
    this.reference = reference;
    this.port = server.port;
  }

  async tcp(options) {
    return this.#keep(await RawSocket.connect(this.port, options));
  }

  // A WebSocket whose open packet has not been read.
  async webSocket(path = WEBSOCKET, headers = {}) {
    const ws = await RawWebSocket.open(this.port, path, headers);
    this.#keep(ws.socket);
    return ws;
  }

  // A WebSocket session.
  async session(options) {
    const session = await openWebSocket(this.port, options);
    this.#keep(session.ws.socket);
    return session;
  }

  // A WebSocket session in the main namespace.
  async joined(options) {
    const session = await this.session(options);
    await session.join();
    return session;
  }

  async polling(options = {}) {
    const session = await (options.eio === 3 ? openEio3 : openPolling)(this.port, options);
    this.#sessions.push(session);
    return session;
  }

  http(options) {
    return request(this.port, options);
  }

  async leave() {
    const close = (session) => session.post(session.encode ? session.encode(["1"]) : "1");
    await Promise.allSettled(this.#sessions.map(close));
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  #keep(socket) {
    this.#sockets.push(socket);
    return socket;
  }
}

// What the server did with this connection after everything that was sent on it: "goes on",
// "close 1002", "close" (without a code) or "cut".
export async function fate(ws) {
  ws.sendFrame({ opcode: Opcode.ping, payload: "are you there?" });
  for (;;) {
    let frame;
    try {
      frame = await ws.nextFrame();
    } catch (error) {
      if (ws.socket.closed) {
        return "cut";
      }
      throw error;
    }
    if (frame.opcode === Opcode.pong && frame.text === "are you there?") {
      return "goes on";
    }
    if (frame.opcode === Opcode.close) {
      return frame.data.length < 2 ? "close" : `close ${frame.data.readUInt16BE(0)}`;
    }
  }
}

// The same for a polling session in the main namespace.
export async function pollingFate(session) {
  try {
    await ask(session, "echo", []);
    return "goes on";
  } catch {
    return "close";
  }
}

// The same for a connection on which no further frame can be sent, because one is unfinished.
export async function end(ws) {
  const { code, hasCode } = await ws.waitClose();
  return hasCode ? `close ${code}` : code === 1006 ? "cut" : "close";
}

// "101", or the status of the refusal.
export async function upgradeStatus(attacker, path, headers) {
  try {
    return String((await attacker.webSocket(path, headers)).response.status);
  } catch (error) {
    if (error instanceof UpgradeRefused) {
      return String(error.response.status);
    }
    return "cut";
  }
}

// The statuses of all answers to these bytes and to an ordinary request behind them, in order. One of
// them alone means that the server ended the connection with the first.
export async function statuses(attacker, bytes) {
  const socket = await attacker.tcp();
  socket.send(bytes);
  socket.send("GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const answer = (await socket.readToEnd()).toString("latin1");
  socket.destroy();
  return [...answer.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => status).join(" ") || "cut";
}

// One line for many outcomes. [["connect", "close"], ["error", "goes on"]] is "connect: close; error: goes
// on"; the most frequent outcome comes last, and its inputs are only counted when they are many.
export function summary(outcomes) {
  const found = [...groups(outcomes)].sort(([, a], [, b]) => a.length - b.length);
  if (found.length === 1) {
    return `${outcomes[0][1]} (all ${outcomes.length})`;
  }
  const last = found.at(-1)[1];
  const names = (those) =>
    those === last && last.length > FEW ? `the other ${last.length}` : those.map(([input]) => input).join(", ");
  return found.map(([outcome, those]) => `${names(those)}: ${outcome}`).join("; ");
}

function groups(outcomes) {
  const found = new Map();
  for (const entry of outcomes) {
    found.set(entry[1], [...(found.get(entry[1]) ?? []), entry]);
  }
  return found;
}

// Text of the wire as it is shown in a table.
export function code(text) {
  return `\`${text}\``;
}
