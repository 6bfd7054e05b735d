// The two servers of a comparison: the Node reference and the server under test (with
// SIO_TARGET=reference the reference once more), started with the same flags.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startServer } from "../support/server.js";
import { isReference } from "../support/target.js";
import { within } from "../support/eventually.js";

const REFERENCE = fileURLToPath(new URL("../reference/server.js", import.meta.url));

export async function startPair(flags) {
  const [reference, tested] = await Promise.all([startReference(flags), startServer(flags)]);
  return {
    ports: [reference.port, tested.port],
    stop: () => Promise.all([reference.stop(), tested.stop()]),
  };
}

async function startReference(flags) {
  if (isReference) {
    return startServer(flags);
  }
  const words = Object.entries({ mode: "app", port: 0, ...flags }).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    typeof value === "boolean" ? (value ? "on" : "off") : String(value),
  ]);
  const child = spawn(process.execPath, [REFERENCE, ...words], { stdio: ["ignore", "pipe", "inherit"] });
  process.on("exit", () => child.kill("SIGKILL"));
  let output = "";
  const listening = new Promise((resolve, reject) => {
    child.on("exit", () => reject(new Error("the reference server ended")));
    child.stdout.on("data", (chunk) => {
      output += chunk;
      const match = /listening on 127\.0\.0\.1:(\d+)/.exec(output);
      if (match) {
        resolve(Number(match[1]));
      }
    });
  });
  const port = await within(10_000, "start of the reference server", listening);
  return {
    port,
    async stop() {
      child.kill("SIGTERM");
      await within(3000, "end of the reference server", once(child, "exit"));
    },
  };
}
