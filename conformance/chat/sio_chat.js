// Starts sio_chat, and folders for it. SIO_CHAT names another binary, relative to conformance/.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startProgram } from "../support/server.js";

const conformance = fileURLToPath(new URL("..", import.meta.url));

export const PROGRAM = resolve(conformance, process.env.SIO_CHAT ?? "../build/release/bin/sio_chat");
export const DEPLOY = resolve(conformance, "../apps/chat/deploy");

// Flags in camel case: { clusterHeartbeat: 200 } becomes --cluster-heartbeat 200. The port is free
// unless told.
export function startChat(flags) {
  const all = { port: 0, drainSpan: 0, ...flags };
  const dashed = (name) => "--" + name.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());
  return startProgram(
    PROGRAM,
    Object.entries(all).flatMap(([name, value]) => [dashed(name), String(value)]),
  );
}

const folders = [];
process.on("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true })));

// Gone with this process.
export function temporaryFolder() {
  folders.push(mkdtempSync(join(tmpdir(), "sio_chat-")));
  return folders.at(-1);
}
