// A real redis-server of its own for a test, on a port that the system chose.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "redis";
import { eventually, within } from "./eventually.js";

const running = new Set();
process.on("exit", () => {
  for (const child of running) {
    child.kill("SIGKILL");
  }
});

export async function startRedis() {
  const redis = new Redis(await freePort());
  await redis.start();
  return redis;
}

class Redis {
  #folder = mkdtempSync(join(tmpdir(), "redis-"));
  #child;

  constructor(port) {
    this.port = port;
    this.address = `127.0.0.1:${port}`;
  }

  // Also again, after kill().
  async start() {
    const flags = ["--port", this.port, "--bind", "127.0.0.1", "--save", "", "--dir", this.#folder];
    const child = spawn("redis-server", flags.map(String), { stdio: "ignore" });
    child.unref();
    running.add(child);
    child.on("exit", () => running.delete(child));
    this.#child = child;
    this.client = createClient({ url: `redis://${this.address}` });
    this.client.on("error", () => {});
    await within(5000, "connection to Redis", this.client.connect());
  }

  // kill -9: connections end with it, and everything that it held is gone.
  async kill() {
    this.client.destroy();
    this.#child.kill("SIGKILL");
    await eventually("Redis is gone", () => !running.has(this.#child));
  }

  async stop() {
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }
}

// For programs that cannot choose one themselves.
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
