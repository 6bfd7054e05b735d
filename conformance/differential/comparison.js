// Gives inputs to sio_decode and to the packages of Node, and tells what they make of them apart.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

const here = fileURLToPath(new URL("..", import.meta.url));

export class Comparison {
  #child;
  #waiting = [];

  constructor() {
    const program = resolve(here, process.env.SIO_DECODE ?? "../build/release/bin/sio_decode");
    this.#child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: this.#child.stdout, crlfDelay: Infinity });
    lines.on("line", (line) => this.#waiting.shift().resolve(line));
    this.ended = new Promise((done) => {
      const end = (why) => {
        this.#waiting.splice(0).forEach(({ reject }) => reject(new Error(`sio_decode ended: ${why}`)));
        done(why);
      };
      this.#child.on("error", (error) => end(error.message));
      this.#child.on("close", (code, signal) => end(signal ?? `code ${code}`));
      this.#child.stdin.on("error", () => {}); // `close` tells of it
    });
  }

  // An input is { kind, messages }. Resolves with a list of what differs: { input, part, ours, node, item }.
  // `part` names a member of both answers, which are whole in `item`: { ours, node }.
  async compare(input) {
    const answer = this.#ask(input);
    const node = normal(input.kind.decode(input.messages));
    const ours = normal(JSON.parse(await answer));
    return differencesOf(ours, node).map((difference) => ({ input, ...difference }));
  }

  async stop() {
    this.#child.stdin.end();
    return this.ended;
  }

  #ask({ kind, messages }) {
    const head = `${kind.name} ${messages.map(({ length }) => length).join(" ")}\n`;
    this.#child.stdin.write(Buffer.concat([Buffer.from(head), ...messages]));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}

// As it looks when it has been through JSON, so that only what JSON tells apart is told apart.
function normal(value) {
  return JSON.parse(JSON.stringify(value));
}

// An answer is an object, or a list of objects; each member is a part of it.
function differencesOf(ours, node) {
  if (Array.isArray(ours) && Array.isArray(node) && ours.length === node.length) {
    return ours.flatMap((item, i) => differencesOf(item, node[i]));
  }
  if (isAnswer(ours) && isAnswer(node)) {
    return [...new Set([...Object.keys(ours), ...Object.keys(node)])]
      .filter((part) => JSON.stringify(ours[part]) !== JSON.stringify(node[part]))
      .map((part) => ({ part, ours: ours[part], node: node[part], item: { ours, node } }));
  }
  return JSON.stringify(ours) === JSON.stringify(node) ? [] : [{ part: "all", ours, node, item: { ours, node } }];
}

function isAnswer(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value) && !("error" in value);
}

const MOST_ATTEMPTS = 1000;

// A smaller input that `differs`, an async function, still says yes to: without messages, and without
// pieces of messages.
export async function shrunk(input, differs) {
  const tagged = input.kind.tagged === true;
  let smallest = input;
  let attempts = 0;
  const attempt = async (messages) => {
    const candidate = { ...input, messages };
    const better = ++attempts <= MOST_ATTEMPTS && (await differs(candidate));
    smallest = better ? candidate : smallest;
    return better;
  };
  for (let i = smallest.messages.length - 1; i >= 0 && tagged && smallest.messages.length > 1; --i) {
    await attempt(smallest.messages.filter((_, at) => at !== i));
  }
  for (let i = 0; i < smallest.messages.length; ++i) {
    for (let size = smallest.messages[i].length; size >= 1; size >>= 1) {
      for (let at = Number(tagged); at + size <= smallest.messages[i].length; ) {
        const message = smallest.messages[i];
        const without = Buffer.concat([message.subarray(0, at), message.subarray(at + size)]);
        const messages = smallest.messages.map((other, j) => (j === i ? without : other));
        if (!isInput(input.kind, without) || !(await attempt(messages))) {
          at += size;
        }
      }
    }
  }
  return smallest;
}

function isInput({ text, tagged }, message) {
  const isText = text && (!tagged || message[0] === 0x74);
  return !isText || Buffer.from(message.toString()).equals(message);
}
