// nginx and HAProxy as child processes, with a configuration of the caller's.
import { spawn } from "node:child_process";
import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { eventually, within } from "./eventually.js";

const NGINX = "/usr/sbin/nginx";
const HAPROXY = "/usr/sbin/haproxy";

const installed = (program) => (existsSync(program) ? {} : { skip: `${program} is not installed` });
export const nginxAvailable = installed(NGINX);
export const haproxyAvailable = installed(HAPROXY);

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

// Both check the file, and resolve with { port, url, output(), stop() } once `port` is listened on.
export async function runNginx(file, port) {
  await run(NGINX, ["-t", "-q", "-c", file]);
  return start(NGINX, ["-c", file, "-g", "daemon off;"], port);
}

export async function runHaproxy(file, port) {
  await run(HAPROXY, ["-c", "-q", "-f", file]);
  return start(HAPROXY, ["-db", "-f", file], port);
}

async function run(program, args) {
  const { exited, output } = launch(program, args);
  assert.deepEqual([await within(10_000, `exit of ${program}`, exited), output()], [0, ""]);
}

async function start(program, args, port) {
  const { child, exited, output } = launch(program, args);
  try {
    await eventually(`${program} listens`, () => accepts(port));
  } catch (error) {
    throw new Error(`${error.message}\n${output()}`);
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    output,
    async stop() {
      child.kill("SIGTERM");
      await within(10_000, `exit of ${program}`, exited);
    },
  };
}

function launch(program, args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk) => (text += chunk));
  }
  const exited = new Promise((resolve) => child.on("close", (code) => resolve(code)));
  exited.then(() => running.delete(child));
  return { child, exited, output: () => text };
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket
      .on("connect", () => resolve(true))
      .on("error", () => resolve(false))
      .on("close", () => socket.destroy());
    socket.on("connect", () => socket.end());
  });
}
