// A Redis of its own for the servers of a cluster.
import { execFile, spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";

const DEADLINE_MS = 10_000;

function freePort() {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

async function ask(port, ...words) {
  const { stdout } = await promisify(execFile)("redis-cli", ["-p", String(port), ...words]);
  return stdout;
}

async function until(condition, failure) {
  const end = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    if (Date.now() > end) {
      throw new Error(failure);
    }
    await wait(20);
  }
}

// Resolves when it answers. Nothing is written to disk.
export async function startRedis(core) {
  const port = await freePort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn("taskset", ["-c", core, "redis-server", ...options], { stdio: "ignore" });
  const exited = new Promise((done) => child.on("close", done));
  const answers = () => ask(port, "PING").then((text) => text.startsWith("PONG"), () => false);
  await until(answers, "redis-server does not answer");
  return {
    port,
    // Resolves when a server listens to what others say.
    subscribed: () =>
      until(
        async () => /\bp?s?sub=[1-9]|cmd=xread/.test(await ask(port, "CLIENT", "LIST")),
        "no server has subscribed to anything at Redis",
      ),
    stop: () => (child.kill("SIGTERM"), exited),
  };
}
