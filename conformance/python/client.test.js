// The Python client (Debian: python3-socketio, python3-aiohttp, python3-websocket). PYTHON names
// another interpreter.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sharedServer } from "../support/suite.js";

const PYTHON = process.env.PYTHON ?? "/usr/bin/python3";
const SCRIPT = fileURLToPath(new URL("client.py", import.meta.url));
const DEADLINE_MS = 30_000;

const { status } = spawnSync(PYTHON, ["-c", "import socketio, aiohttp, websocket"]);
const available = status === 0 ? {} : { skip: `${PYTHON} has no socketio, aiohttp or websocket module` };

describe("python-socketio", available, () => {
  const server = sharedServer();

  for (const transport of ["polling", "websocket", "upgrade"]) {
    test(transport, async () => {
      const run = promisify(execFile)(PYTHON, [SCRIPT, server.url, transport], { timeout: DEADLINE_MS });
      await assert.doesNotReject(run);
    });
  }
});
