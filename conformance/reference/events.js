// The events of mode app. Each handler gets the arguments without the acknowledgement and answers by
// returning; what is undefined answers nothing. An argument that does not fit answers null.
import { setTimeout as delay } from "node:timers/promises";
import { runOperation, describeSockets } from "./operations.js";

const QUESTION_TIMEOUT_MS = 1000;
const MOST_EVENTS = 1_000_000;
const MOST_BYTES = 100_000_000;

class BadArgument extends Error {}

export function sortedRooms(socket) {
  return [...socket.rooms].sort();
}

export function handleEvents(io, socket, state) {
  refuseForbiddenEvents(socket);
  const handlers = {
    ...echoing(socket),
    ...sending(socket),
    ...membership(socket),
    ...asking(socket),
    ...leaving(socket),
    ...payloads(),
    ...ordering(socket),
    ...inspection(io, socket, state),
  };
  for (const [event, handler] of Object.entries(handlers)) {
    socket.on(event, (...args) => answer(handler, args));
  }
}

async function answer(handler, args) {
  const ack = typeof args.at(-1) === "function" ? args.pop() : () => {};
  try {
    const result = await handler.call({ ack }, ...args);
    if (result !== undefined) {
      ack(result);
    }
  } catch (error) {
    if (!(error instanceof BadArgument)) {
      console.error(error);
    }
    ack(null);
  }
}

function refuseForbiddenEvents(socket) {
  socket.use(([event], next) => next(event === "forbidden" ? new Error("forbidden event") : undefined));
  socket.on("error", (error) => socket.emit("middlewareError", error?.message ?? null));
}

function echoing(socket) {
  return {
    echo(...args) {
      this.ack(...args);
    },
    emitBack(event, ...args) {
      socket.emit(text(event), ...args);
    },
    ackTwice() {
      this.ack("first");
      this.ack("second");
    },
    async slow(ms, value) {
      await delay(count(ms, MOST_EVENTS));
      this.ack(value);
    },
  };
}

function sending(socket) {
  const { nsp } = socket;
  return {
    broadcast: (payload) => void nsp.emit("broadcast", payload),
    broadcastOthers: (payload) => void socket.broadcast.emit("broadcast", payload),
    room: (room, payload) => void nsp.to(rooms(room)).emit("room", payload),
    roomExcept: (room, except, payload) =>
      void nsp.to(rooms(room)).except(rooms(except)).emit("room", payload),
    toOthers: (room, payload) => void socket.to(rooms(room)).emit("room", payload),
    flood: (n, size) => flood(socket, n, size),
    floodAll: (n, size) => flood(nsp, n, size),
    floodVolatile(n) {
      for (let i = 0; i < count(n, MOST_EVENTS); ++i) {
        socket.volatile.emit("vol", i);
      }
      socket.emit("volEnd", n);
    },
  };
}

function flood(target, n, size) {
  const padding = "x".repeat(count(size, MOST_BYTES));
  for (let i = 0; i < count(n, MOST_EVENTS); ++i) {
    target.emit("flood", i, padding);
  }
}

function membership(socket) {
  return {
    async join(room) {
      await socket.join(rooms(room));
      return sortedRooms(socket);
    },
    async leave(room) {
      await socket.leave(text(room));
      return sortedRooms(socket);
    },
  };
}

function asking(socket) {
  return {
    async askMe() {
      try {
        const answer = await new Promise((resolve, reject) => {
          socket.timeout(QUESTION_TIMEOUT_MS).emit("question", "what?", (error, ...args) =>
            error ? reject(error) : resolve(args),
          );
        });
        return { ok: true, answer };
      } catch (error) {
        return { ok: false, error: error.message };
      }
    },
    askRoom: (room) => {
      const target = socket.nsp.to(rooms(room)).timeout(QUESTION_TIMEOUT_MS);
      return new Promise((resolve) => {
        target.emit("question", "what?", (error, answers) => {
          resolve({ ok: !error, error: error ? error.message : null, answers });
        });
      });
    },
  };
}

function leaving(socket) {
  return {
    kick(id, close) {
      socket.nsp.in(text(id)).disconnectSockets(Boolean(close));
      return true;
    },
    kickMe: (close) => void socket.disconnect(Boolean(close)),
    dropMe: () => void socket.conn.close(),
  };
}

function payloads() {
  return {
    digest(bytes) {
      check(Buffer.isBuffer(bytes));
      return { length: bytes.length, sum: bytes.reduce((sum, byte) => (sum + byte) >>> 0, 0) };
    },
    generate(n) {
      const bytes = Buffer.alloc(count(n, MOST_BYTES)).map((_, i) => i & 255);
      return { nested: [bytes, { again: bytes }], n };
    },
  };
}

function ordering(socket) {
  const sequence = [];
  return {
    seq: (i) => void sequence.push(i),
    seqGet: () => sequence,
  };
}

function inspection(io, socket, state) {
  const { nsp } = socket;
  return {
    whoami: () => describe(socket),
    async fetch(room) {
      return describeSockets(await nsp.in(rooms(room)).fetchSockets());
    },
    setData(values) {
      check(values !== null && typeof values === "object" && !Array.isArray(values));
      return Object.assign(socket.data, values);
    },
    serverStats: () => ({
      node: state.nodeName,
      clients: io.engine.clientsCount,
      sockets: nsp.sockets.size,
      rooms: nsp.adapter.rooms.size,
      namespaces: io._nsps.size,
      recoverMiddlewareRuns: state.recoverMiddlewareRuns,
    }),
    goneInfo: (id) => state.gone.get(id) ?? null,
    sseLog: () => state.serverSideEvents.get(nsp.name),
    op(spec) {
      check(spec !== null && typeof spec === "object");
      return runOperation(nsp, spec);
    },
  };
}

function describe(socket) {
  const { handshake, conn } = socket;
  return {
    id: socket.id,
    rooms: sortedRooms(socket),
    auth: handshake.auth,
    query: handshake.query,
    address: handshake.address,
    nsp: socket.nsp.name,
    transport: conn.transport.name,
    protocol: conn.protocol,
    recovered: socket.recovered,
    data: socket.data,
    secure: handshake.secure,
    header: handshake.headers["x-judge"] ?? null,
    sid: conn.id,
  };
}

function check(condition) {
  if (!condition) {
    throw new BadArgument();
  }
}

function text(value) {
  check(typeof value === "string");
  return value;
}

function rooms(value) {
  return Array.isArray(value) ? value.map(text) : text(value);
}

function count(value, most) {
  check(Number.isInteger(value) && value >= 0 && value <= most);
  return value;
}
