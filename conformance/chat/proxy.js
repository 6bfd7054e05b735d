// nginx and HAProxy with the files of apps/chat/deploy: only addresses, ports and the places of files
// are other ones.
import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runHaproxy, runNginx } from "../support/proxy.js";
import { freePort } from "../support/redis.js";
import { DEPLOY, temporaryFolder } from "./sio_chat.js";

export { haproxyAvailable, nginxAvailable } from "../support/proxy.js";

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
  return runNginx(file, port);
}

export async function startHaproxy(nodes) {
  const port = await freePort();
  const file = configure("haproxy.cfg", temporaryFolder(), [
    ["bind :80\n", `bind 127.0.0.1:${port}\n`],
    ["server chat-1 10.0.0.11:3000", `server chat-1 127.0.0.1:${nodes[0].port}`],
    ["server chat-2 10.0.0.12:3000", `server chat-2 127.0.0.1:${nodes[1].port}`],
  ]);
  return runHaproxy(file, port);
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
