// The event `op` of mode app: every operation of a namespace that reaches other servers.

export async function runOperation(nsp, spec) {
  try {
    const operation = OPERATIONS[Object.hasOwn(OPERATIONS, spec.do) ? spec.do : "unknown"];
    return { ok: true, result: (await operation(narrow(nsp, spec), spec, nsp)) ?? null };
  } catch (error) {
    return { ok: false, error: error.message, responses: error.responses ?? null };
  }
}

export function describeSockets(sockets) {
  return sockets
    .map(({ id, rooms, data }) => ({ id, rooms: [...rooms].sort(), data }))
    .sort(byId);
}

function byId(a, b) {
  return a.id < b.id ? -1 : 1;
}

function narrow(nsp, { to = [], except = [], local, volatile, timeout }) {
  let target = nsp.to(to).except(except);
  target = local ? target.local : target;
  target = volatile ? target.volatile : target;
  return timeout === undefined ? target : target.timeout(timeout);
}

const OPERATIONS = {
  unknown() {
    throw new Error("unknown operation");
  },
  emit(target, { event, args = [] }) {
    target.emit(event, ...args);
  },
  emitWithAck: (target, { event, args = [] }) => target.emitWithAck(event, ...args),
  fetchSockets: async (target) => describeSockets(await target.fetchSockets()),
  handshakes: async (target) => (await target.fetchSockets()).map(describeHandshake).sort(byId),
  async remoteEmit(target, { event, args = [] }) {
    for (const socket of await target.fetchSockets()) {
      socket.emit(event, ...args);
    }
  },
  async remoteEmitWithAck(target, { event, args = [], timeout }) {
    const sockets = await target.fetchSockets();
    return Promise.all(
      sockets.map((socket) => withTimeout(socket, timeout).emitWithAck(event, ...args)),
    );
  },
  socketsJoin: (target, { rooms }) => target.socketsJoin(rooms),
  socketsLeave: (target, { rooms }) => target.socketsLeave(rooms),
  disconnectSockets: (target, { close }) => target.disconnectSockets(Boolean(close)),
  serverSideEmit(_target, { event, args = [] }, nsp) {
    nsp.serverSideEmit(event, ...args);
  },
  serverSideEmitWithAck: (_target, { event, args = [] }, nsp) =>
    nsp.serverSideEmitWithAck(event, ...args),
  async allRooms(_target, _spec, nsp) {
    if (!nsp.adapter.allRooms) {
      throw new Error("this adapter does not support allRooms");
    }
    return [...(await nsp.adapter.allRooms())].sort();
  },
  serverCount: (_target, _spec, nsp) => nsp.adapter.serverCount(),
};

function withTimeout(socket, timeout) {
  return timeout === undefined ? socket : socket.timeout(timeout);
}

function describeHandshake({ id, handshake }) {
  const { auth, query, address, url, secure, xdomain, headers, time, issued } = handshake;
  return {
    id, auth, query, address, url, secure, xdomain, headers,
    hasTime: typeof time === "string",
    hasIssued: typeof issued === "number",
  };
}
