// Flags, file and environment of sio_chat: what it says, and what it exits with.
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROGRAM, startChat, temporaryFolder } from "./sio_chat.js";
import { startProgram } from "../support/server.js";

function run(args, env = {}) {
  const { status, stdout, stderr } = spawnSync(PROGRAM, args, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 10_000,
  });
  return { status, stdout, stderr };
}

function file(content) {
  const path = join(temporaryFolder(), "chat.toml");
  writeFileSync(path, content);
  return path;
}

test("--check-config says whether the settings are good", () => {
  assert.deepEqual(run(["--check-config"]), {
    status: 0,
    stdout: "the settings are good\n",
    stderr: "",
  });
  assert.deepEqual(run(["--check-config", "--port", "http"]), {
    status: 2,
    stdout: "",
    stderr:
      'sio_chat: the flag --port: websocket.port is "http", expected a number from 0 to 65535\n',
  });
});

test("a wrong value stops the start, and all of them are named", () => {
  const path = file('[websocket]\nport = -1\n[limits]\nmessagePoints = "many"\n');
  const { status, stdout, stderr } = run(["--config", path], { SIO_CHAT_DRAIN_SPAN: "soon" });
  assert.equal(status, 2);
  assert.equal(stdout, "");
  assert.deepEqual(stderr.trim().split("\n"), [
    'sio_chat: the variable SIO_CHAT_DRAIN_SPAN: drain.span is "soon", expected milliseconds from 0 to 3600000',
    `sio_chat: ${path}:4: limits.messagePoints is "many", expected a number from 0 to 1000000`,
    `sio_chat: ${path}:2: websocket.port is "-1", expected a number from 0 to 65535`,
  ]);
});

test("what cannot be had at the start is said, with exit code 1", async () => {
  const server = await startChat({ dataDirectory: temporaryFolder() });
  const taken = run(["--port", String(server.port), "--data-directory", temporaryFolder()]);
  assert.equal(taken.status, 1);
  assert.match(taken.stderr, /sio_chat: cannot listen on 127\.0\.0\.1:\d+: Address already in use/);
  const unwritable = run(["--port", "0", "--data-directory", "/proc/nowhere"]);
  assert.equal(unwritable.status, 1);
  assert.match(unwritable.stderr, /server\.dataDirectory is "\/proc\/nowhere", expected a folder/);
  await server.stop();
});

test("flags are stronger than the file, and the file than the environment", async () => {
  const path = file("[websocket]\npingInterval = 2000\npingTimeout = 2000\n");
  const args = ["--port", "0", "--data-directory", temporaryFolder(), "--config", path];
  const server = await startProgram(PROGRAM, [...args, "--websocket-ping-interval", "3000"], {
    SIO_CHAT_WEBSOCKET_PING_TIMEOUT: "1000",
    SIO_CHAT_WEBSOCKET_MAX_HTTP_BUFFER_SIZE: "4711",
  });
  const response = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`);
  const { pingInterval, pingTimeout, maxPayload } = JSON.parse((await response.text()).slice(1));
  assert.deepEqual([pingInterval, pingTimeout, maxPayload], [3000, 2000, 4711]);
  await server.stop();
});

test("--print-config prints a file that can be read again", () => {
  const printed = run(["--print-config", "--jwt-secret", "hunter2", "--websocket-debug", "true"]);
  assert.equal(printed.status, 0);
  assert.doesNotMatch(printed.stdout, /hunter2/);
  assert.match(printed.stdout, /^debug = true$/m);
  const again = run(["--print-config", "--config", file(printed.stdout)]);
  assert.equal(again.stdout, printed.stdout);
});

test("--help names every flag", () => {
  const { status, stdout } = run(["--help"]);
  assert.equal(status, 0);
  for (const flag of ["--port", "--profile", "--redis-key", "--websocket-retry-config-max-delay"]) {
    assert.match(stdout, new RegExp(`${flag}\\b`));
  }
});
