// What the tests of sio_chat's events share: one server for a file, people in the chat, tokens.
import { createHmac } from "node:crypto";
import { after, afterEach, before } from "node:test";
import { startChat, temporaryFolder } from "./sio_chat.js";
import { askOne, closeAll, connectClient } from "../support/clients.js";
import { eventually, record } from "../support/eventually.js";

// Registers the hooks and returns an object that has `url` while the tests run. Messages are kept in
// memory unless told.
export function sharedChat(flags = {}) {
  const handle = {};
  let server;
  before(async () => {
    server = await startChat({ dataDirectory: temporaryFolder(), messagesStore: "memory", ...flags });
    Object.assign(handle, { process: server, port: server.port, url: server.url });
  });
  afterEach(closeAll);
  after(async () => {
    closeAll();
    await server?.stop();
  });
  return handle;
}

export function connectTo(server, namespace, options = {}) {
  return connectClient(server, { namespace, transports: ["websocket"], ...options });
}

// A client of `/chat` (unless told) that has joined under this name.
export async function person(server, username, { namespace = "/chat", ...options } = {}) {
  const socket = await connectTo(server, namespace, options);
  const answer = await askOne(socket, "joinChat", { username });
  if (!answer.success) {
    throw new Error(JSON.stringify(answer));
  }
  return socket;
}

// What `socket` is told when this user leaves, whoever leaves before. Take the promise first and act afterwards.
export async function leaves(socket, username) {
  const told = record(socket, "userLeft");
  await eventually(`${username} leaves`, () => told.some(([user]) => user.username === username));
  return told.find(([user]) => user.username === username)[0];
}

let lastRoom = 0;

// A name that no other test has used, so that what they leave behind does not matter.
export function newName(what) {
  return `${what}-${++lastRoom}`;
}

export const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const SECRET = "the secret of the tests";
export const AUTH = { jwtSecret: SECRET };

// A token for HS256 that is good for `seconds`.
export function token(claims, { seconds = 3600, secret = SECRET } = {}) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const content = `${encode({ alg: "HS256", typ: "JWT" })}.${encode({ iat: now, exp: now + seconds, ...claims })}`;
  return `${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
}
