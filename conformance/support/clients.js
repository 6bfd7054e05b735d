// The official client in every version that people still run, and helpers around its sockets.
import { createRequire } from "node:module";
import { DEFAULT_DEADLINE_MS, within } from "./eventually.js";

const require = createRequire(import.meta.url);

export const CLIENT_VERSIONS = ["1.7.4", "2.5.0", "3.1.3", "4.0.1", "4.5.4", "4.6.2", "4.7.5", "4.8.4"];
export const LATEST = "4.8.4";

export const TRANSPORTS = {
  polling: { transports: ["polling"] },
  websocket: { transports: ["websocket"] },
  upgrade: { transports: ["polling", "websocket"] },
};

// Whether version `a` is at least `b`.
export function atLeast(a, b) {
  const [left, right] = [a, b].map((text) => text.split(".").map(Number));
  const at = left.findIndex((number, i) => number !== right[i]);
  return at < 0 || left[at] > right[at];
}

// Clients of 1.x and 2.x speak Engine.IO protocol 3 and need --allow-eio3 on.
export function speaksEio3(version) {
  return !atLeast(version, "3.0.0");
}

export function clientLibrary(version) {
  return require(`socket.io-client-${version}`);
}

const opened = new Set();

// A socket of its own connection, not yet awaited. `namespace` may carry a query for old clients.
export function openClient(server, { version = LATEST, namespace = "/", ...options } = {}) {
  const io = clientLibrary(version);
  const socket = io(`${server.url}${namespace}`, { forceNew: true, reconnection: false, ...options });
  opened.add(socket);
  return socket;
}

// A socket that is connected, with options.transports all in use: with polling and websocket this
// waits for the upgrade.
export async function connectClient(server, options = {}) {
  const socket = openClient(server, options);
  const upgraded = options.transports?.length === 2 ? transportIs(socket, "websocket") : undefined;
  await connected(socket);
  await upgraded;
  return socket;
}

// Fails at the first error, so it is not for sockets that are to try several times.
export function connected(socket, deadline = DEFAULT_DEADLINE_MS) {
  if (socket.connected) {
    return Promise.resolve();
  }
  const settled = new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", (error) => reject(asError(error)));
    socket.once("error", (error) => reject(asError(error)));
  });
  return within(deadline, "connection", settled);
}

// What the server refuses a namespace with: { message, data }. The oldest clients get it as "error",
// and only the data.
export function refusal(socket, deadline = DEFAULT_DEADLINE_MS) {
  const refused = new Promise((resolve) => {
    socket.once("connect_error", resolve);
    socket.once("error", resolve);
  });
  return within(deadline, "refusal", refused);
}

// The id by which the server knows a socket. Clients of 1.x leave the namespace out of theirs.
export function serverId(socket) {
  const inNamespace = socket.nsp !== "/" && socket.io.engine.id === socket.id;
  return inNamespace ? `${socket.nsp}#${socket.id}` : socket.id;
}

export function transportName(socket) {
  return socket.io.engine?.transport?.name;
}

function transportIs(socket, name, deadline = DEFAULT_DEADLINE_MS) {
  const upgraded = new Promise((resolve) => {
    const watch = () => {
      if (transportName(socket) === name) {
        resolve();
      } else {
        socket.io.engine.once("upgrade", resolve);
      }
    };
    socket.io.engine ? watch() : socket.io.once("open", watch);
  });
  return within(deadline, `upgrade to ${name}`, upgraded);
}

// Emits with an acknowledgement and resolves with its arguments as a list.
export function ask(socket, event, ...args) {
  const answered = new Promise((resolve) => socket.emit(event, ...args, (...answer) => resolve(answer)));
  return within(DEFAULT_DEADLINE_MS, `acknowledgement of "${event}"`, answered);
}

// The same, with the first argument only: what nearly all acknowledgements have.
export async function askOne(socket, event, ...args) {
  return (await ask(socket, event, ...args))[0];
}

export function closeAll() {
  for (const socket of opened) {
    socket.disconnect();
    socket.io.engine?.close();
  }
  opened.clear();
}

function asError(error) {
  return error instanceof Error ? error : new Error(String(error?.message ?? error));
}
