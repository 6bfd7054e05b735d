// Mode app: namespaces and their middlewares. What their sockets can be asked to do is in events.js.
import { handleEvents, sortedRooms } from "./events.js";

const KEPT_GONE_SOCKETS = 1000;

export function serveApplication(io, { nodeName }) {
  const state = {
    nodeName,
    recoverMiddlewareRuns: 0,
    serverSideEvents: new Map(), // namespace name -> [[event, ...args], ...]
    gone: new Map(), // id of a socket that has left -> { reason, rooms }
  };
  io.on("new_namespace", (nsp) => logServerSideEvents(nsp, state));
  logServerSideEvents(io.of("/"), state);

  serve(io, io.of("/"), state, () => {});
  serve(io, io.of("/custom"), state, () => {});
  serve(io, io.of("/auth").use(requireSecret), state, (socket) => {
    socket.emit("welcome", { user: "judge" });
  });
  serve(io, io.of(/^\/dyn-\d+$/), state, (socket) => {
    socket.emit("hello", { nsp: socket.nsp.name });
  });
  serve(io, io.of("/recover").use(countRuns(state)), state, (socket) => {
    const { recovered, id, data } = socket;
    socket.emit("session", { recovered, id, rooms: sortedRooms(socket), data });
  });
}

function serve(io, namespace, state, greet) {
  namespace.on("connection", (socket) => {
    handleEvents(io, socket, state);
    rememberWhenGone(socket, state.gone);
    greet(socket);
  });
}

function requireSecret(socket, next) {
  const { auth, query } = socket.handshake;
  if ((auth.token ?? query.token) === "secret") {
    next();
    return;
  }
  next(Object.assign(new Error("unauthorized"), { data: { code: 401 } }));
}

function countRuns(state) {
  return (_socket, next) => {
    ++state.recoverMiddlewareRuns;
    next();
  };
}

function rememberWhenGone(socket, gone) {
  let rooms = [];
  socket.on("disconnecting", () => {
    rooms = sortedRooms(socket);
  });
  socket.on("disconnect", (reason) => {
    gone.set(socket.id, { reason, rooms });
    if (gone.size > KEPT_GONE_SOCKETS) {
      gone.delete(gone.keys().next().value);
    }
  });
}

function logServerSideEvents(nsp, state) {
  const log = [];
  state.serverSideEvents.set(nsp.name, log);
  nsp.on("sse-note", (...args) => log.push(["sse-note", ...args]));
  nsp.on("sse-ask", (...args) => {
    const ack = typeof args.at(-1) === "function" ? args.pop() : () => {};
    log.push(["sse-ask", ...args]);
    ack({ node: state.nodeName, args });
  });
  nsp.on("sse-silent", (...args) => {
    log.push(["sse-silent", ...args.filter((arg) => typeof arg !== "function")]);
  });
}
