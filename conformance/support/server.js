// Starts and stops the server under test as a child process.
import { spawn } from "node:child_process";
import { strict as assert } from "node:assert";
import { commandLine } from "./target.js";
import { within } from "./eventually.js";

const START_DEADLINE_MS = 10_000;
const STOP_DEADLINE_MS = 3_000;
const KEPT_OUTPUT_CHARACTERS = 1_000_000;
const SANITIZER_REPORT = /(ERROR|WARNING): \w+Sanitizer|: runtime error: /;

const running = new Set();
process.on("exit", () => {
  for (const child of running) {
    child.kill("SIGKILL");
  }
});

// Of every server that a test does not give a number of its own.
export const THREADS = Number(process.env.SIO_THREADS ?? 1);

// Flags are those of the conformance server in camel case: { mode: "app", allowEio3: true,
// transports: ["polling"] } becomes --mode app --allow-eio3 on --transports polling. The mode is "app"
// and the port is free unless told. Options: threads (default THREADS), env, reference (true:
// the Node server, false: ours; default as SIO_TARGET says).
//
// Returns what startProgram() returns.
export async function startServer(flags = {}, options = {}) {
  const threads = options.threads ?? THREADS;
  const { program, args } = commandLine({ mode: "app", port: 0, ...flags }, threads, options.reference);
  return startProgram(program, args, options.env);
}

// Any program that prints `listening on 127.0.0.1:PORT`, once it does, which is to be within `deadline`.
// `env` is added to ours.
//
// Returns { port, url, pid, running, output(), exited, stop(), kill(), signal(name) }; `exited` resolves
// with { code, signal }. A report of a sanitizer in its output fails the test.
export async function startProgram(program, args, env = {}, deadline = START_DEADLINE_MS) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  const server = new ServerProcess(child, [program, ...args].join(" "));
  await server.started(deadline);
  return server;
}

class ServerProcess {
  #child;
  #command;
  #output = "";
  #listening;
  #exited;

  constructor(child, command) {
    this.#child = child;
    this.#command = command;
    running.add(child);
    this.#exited = new Promise((resolve) => {
      child.on("error", (error) => {
        this.#output += `${error.message}\n`;
        running.delete(child);
        resolve({ code: null, signal: null });
      });
      child.on("close", (code, signal) => {
        running.delete(child);
        resolve({ code, signal });
        this.#lookForReport();
      });
    });
    this.#listening = new Promise((resolve) => this.#collectOutput(resolve));
    letTheTestEndBefore(child);
  }

  get pid() {
    return this.#child.pid;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  // Asking for it keeps the test process alive until the server has ended.
  get exited() {
    this.#child.ref();
    return this.#exited;
  }

  get running() {
    return running.has(this.#child);
  }

  output() {
    return this.#output;
  }

  async started(deadline) {
    const died = this.#exited.then(({ code, signal }) => {
      throw new Error(`ended before it listened (${signal ?? `code ${code}`})`);
    });
    try {
      this.port = await within(
        deadline,
        "line `listening on 127.0.0.1:PORT`",
        Promise.race([this.#listening, died]),
      );
    } catch (error) {
      this.#child.kill("SIGKILL");
      throw this.#failure(error.message);
    }
  }

  // Asks the server to end and fails unless it does so in time and without an error. Also fails when
  // it was gone already: no client may bring it down.
  async stop() {
    if (!this.running) {
      const { code, signal } = await this.#exited;
      throw this.#failure(`had ended by itself (${signal ?? `code ${code}`})`);
    }
    this.#child.kill("SIGTERM");
    try {
      const { code, signal } = await within(STOP_DEADLINE_MS, "exit after SIGTERM", this.#exited);
      assert.deepEqual({ code, signal }, { code: 0, signal: null });
    } catch (error) {
      throw this.#failure(error.message);
    } finally {
      this.#child.kill("SIGKILL");
    }
  }

  async kill() {
    this.#child.kill("SIGKILL");
    await within(STOP_DEADLINE_MS, "exit after SIGKILL", this.#exited);
  }

  signal(name) {
    this.#child.kill(name);
  }

  #collectOutput(onListening) {
    const collect = (chunk) => {
      this.#output = (this.#output + chunk).slice(-KEPT_OUTPUT_CHARACTERS);
      const match = /^listening on 127\.0\.0\.1:(\d+)\r?$/m.exec(this.#output);
      if (match) {
        onListening(Number(match[1]));
      }
    };
    this.#child.stdout.setEncoding("utf8").on("data", collect);
    this.#child.stderr.setEncoding("utf8").on("data", collect);
  }

  // Thrown from an event handler it fails the test that runs, whatever that makes of the server's end.
  #lookForReport() {
    if (SANITIZER_REPORT.test(this.#output)) {
      throw this.#failure("a sanitizer has found something");
    }
  }

  #failure(message) {
    return new Error(`${message}\ncommand: ${this.#command}\noutput:\n${this.#output || "(none)"}`);
  }
}

// A server that a failed test left behind must not keep the test process alive.
function letTheTestEndBefore(child) {
  child.unref();
  child.stdout.unref();
  child.stderr.unref();
}
