// The servers of a run: how each is started, with how many threads, and which version it is.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const peers = fileURLToPath(new URL("../peers", import.meta.url));
const bunPackages = join(peers, "node_modules/@oven"); // one for each kind of processor

// Takes part only where a section names it.
export const LIMITED = "all limits on";

function versionOf(name) {
  const file = join(peers, "node_modules", name, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}

function runs(command, args) {
  try {
    return execFileSync(command, args, { stdio: ["ignore", "pipe", "ignore"] }).toString().trim();
  } catch {
    return undefined;
  }
}

// Bun's install script takes the program out of its package; npm need not have run it.
function findBun() {
  const packages = existsSync(bunPackages) ? readdirSync(bunPackages) : [];
  const places = packages.map((name) => join(bunPackages, name, "bin/bun"));
  return [join(peers, "node_modules/.bin/bun"), ...places].find((bun) => runs(bun, ["--version"]));
}

// Those that can run here, in the order of the tables.
export function availableServers(programs) {
  const socketIo = `socket.io ${versionOf("socket.io")}`;
  const bun = findBun();
  const all = [
    { name: "ours", version: "this tree", command: [join(programs, "sio_bench_server")] },
    {
      name: LIMITED,
      version: "ours with every limit on that is off by default",
      command: [join(programs, "sio_bench_server"), "--limits", "on"],
    },
    { name: "floor", version: "this tree", command: [join(programs, "sio_bench_floor")] },
    {
      name: "node",
      version: `${socketIo}, ws ${versionOf("ws")}, Node ${process.version}`,
      command: [process.execPath, join(peers, "node.js")],
    },
    versionOf("eiows") && {
      name: "eiows",
      version: `${socketIo}, eiows ${versionOf("eiows")}, Node ${process.version}`,
      command: [process.execPath, join(peers, "node.js"), "--engine", "eiows"],
    },
    bun && {
      name: "bun",
      version: `${socketIo}, bun-engine ${versionOf("@socket.io/bun-engine")}, Bun ${versionOf("bun")}`,
      command: [bun, join(peers, "bun.js")],
    },
  ];
  return all.filter(Boolean);
}

// Starts a server on the cores; resolves to its process and port when it listens.
export async function start(server, cores, extraFlags = []) {
  const command = ["taskset", "-c", cores, ...server.command, "--port", "0", ...extraFlags];
  const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((done) => child.on("close", done));
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^listening on .*:(\d+)$/.exec(line)?.[1];
    if (port) {
      child.stdout.resume();
      return { pid: child.pid, port, stop: () => (child.kill("SIGTERM"), exited) };
    }
  }
  throw new Error(`${server.name} ended before it listened`);
}
