// nginx and HAProxy with the files of apps/chat/deploy: only addresses, ports and the places of files
// are other ones.
import { spawn } from "node:child_process";
import { strict as assert } from "node:assert";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { eventually, within } from "../support/eventually.js";
import { freePort } from "../support/redis.js";
import { DEPLOY, temporaryFolder } from "./sio_chat.js";

const NGINX = "/usr/sbin/nginx";
const HAPROXY = "/usr/sbin/haproxy";

const installed = (program) => (existsSync(program) ? {} : { skip: `${program} is not installed` });
export const nginxAvailable = installed(NGINX);
export const haproxyAvailable = installed(HAPROXY);

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

export async function startNginx(nodes) {
  const folder = temporaryFolder();
  const port = await freePort();
  const file = configure("nginx.conf", folder, [
    ["pid /run/nginx.pid;", `pid ${folder}/nginx.pid;`],
    ["error_log /var/log/nginx/error.log warn;", "error_log stderr warn;"],
    ["listen 80;", `listen 127.0.0.1:${port};`],
    ["server 10.0.0.11:3000", `server 127.0.0.1:${nodes[0].port}`],
    ["server 10.0.0.12:3000", `server 127.0.0.1:${nodes[1].port}`],
  ]);
  await run(NGINX, ["-t", "-q", "-c", file]);
  return start(NGINX, ["-c", file, "-g", "daemon off;"], port);
}

export async function startHaproxy(nodes) {
  const port = await freePort();
  const file = configure("haproxy.cfg", temporaryFolder(), [
    ["bind :80\n", `bind 127.0.0.1:${port}\n`],
    ["server chat-1 10.0.0.11:3000", `server chat-1 127.0.0.1:${nodes[0].port}`],
    ["server chat-2 10.0.0.12:3000", `server chat-2 127.0.0.1:${nodes[1].port}`],
  ]);
  await run(HAPROXY, ["-c", "-q", "-f", file]);
  return start(HAPROXY, ["-db", "-f", file], port);
}

function configure(name, folder, substitutions) {
  let text = readFileSync(join(DEPLOY, name), "utf8");
  for (const [from, to] of substitutions) {
    assert.equal(text.split(from).length, 2, `${name} has "${from}" once`);
    text = text.replace(from, to);
  }
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
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
