// Blocks of frames against a bare Engine.IO server, which sends every message back.
import { after, before, describe } from "node:test";
import { strict as assert } from "node:assert";
import { startServer } from "../support/server.js";
import { Opcode, RawWebSocket, formatFrame } from "../support/raw.js";
import { eventually } from "../support/eventually.js";
import { Vitals } from "./vitals.js";

export const MAX_PAYLOAD = 1000;
const PATH = "/engine.io/?EIO=4&transport=websocket";

// `body` gets { open, closes, echoes }. When all tests are over, no connection may be left.
export function frameTests(title, flags, body) {
  describe(title, { concurrency: 8 }, () => {
    let server;
    let vitals;
    let idle;
    before(async () => {
      server = await startServer({ mode: "eio", maxPayload: MAX_PAYLOAD, ...flags });
      vitals = new Vitals(server);
      idle = vitals.sockets();
    });
    after(async () => {
      await eventually("every connection is closed", () => vitals.sockets() === idle);
      await server.stop();
    });
    body(actions(() => server.port));
  });
}

function actions(port) {
  // A new connection whose open packet has been read.
  async function open(headers) {
    const ws = await RawWebSocket.open(port(), PATH, headers);
    await ws.next();
    return ws;
  }

  async function on(headers, pieces, check) {
    const ws = await open(headers);
    try {
      for (const piece of pieces) {
        ws.socket.send(Buffer.isBuffer(piece) ? piece : formatFrame(piece));
        await new Promise(setImmediate); // a segment of its own
      }
      return await check(ws);
    } finally {
      ws.destroy();
    }
  }

  return {
    open,
    // The pieces (frames or bytes) end the connection with this code.
    closes: (code, pieces, headers) =>
      on(headers, pieces, async (ws) => assert.equal((await ws.waitClose()).code, code)),
    // The pieces are this message; it comes back. Pongs in front of it are passed over.
    echoes: (message, pieces, headers) =>
      on(headers, pieces, async (ws) => {
        let echo = await ws.next();
        while (echo.opcode === Opcode.pong) {
          echo = await ws.next();
        }
        assert.ok([Opcode.text, Opcode.binary].includes(echo.opcode), `opcode ${echo.opcode}`);
        assert.equal(echo.data.toString("hex"), Buffer.from(message).toString("hex"));
      }),
  };
}

export const text = (payload, fin = true) => ({ opcode: Opcode.text, payload, fin });
export const binary = (payload, fin = true) => ({ opcode: Opcode.binary, payload, fin });
export const more = (payload, fin = true) => ({ opcode: Opcode.continuation, payload, fin });
export const ping = (payload = "") => ({ opcode: Opcode.ping, payload });
export const pong = (payload = "") => ({ opcode: Opcode.pong, payload });
export const hex = (digits) => Buffer.from(digits.replaceAll(" ", ""), "hex");
