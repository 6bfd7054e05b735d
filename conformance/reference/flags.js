// The command line, and what it means as options of the official packages. A flag that is not given
// leaves the option out, so that the package's own default holds.
import { parseArgs } from "node:util";
import * as msgpackParser from "socket.io-msgpack-parser";
import { ADAPTERS } from "./cluster.js";

const FLAGS = [
  "mode", "port", "path", "ping-interval", "ping-timeout", "max-payload", "connect-timeout",
  "upgrade-timeout", "transports", "allow-eio3", "cors-origin", "cors-credentials", "cookie",
  "serve-client", "http-compression", "per-message-deflate", "parser", "recovery",
  "cleanup-empty-child-namespaces", "adapter", "redis", "redis-key", "requests-timeout",
  "specific-response-channel", "subscription-mode", "node-name", "threads",
];

const DEFAULTS = {
  mode: "app",
  port: "0",
  adapter: "none",
  redis: "127.0.0.1:6379",
  "redis-key": "socket.io",
  parser: "default",
};

export class UsageError extends Error {}

export function parseFlags(args) {
  const options = Object.fromEntries(FLAGS.map((name) => [name, { type: "string" }]));
  const flags = { ...DEFAULTS, ...parse(args, options) };
  check(["eio", "sio", "app"].includes(flags.mode), `--mode is eio, sio or app, not ${flags.mode}`);
  check(["default", "msgpack"].includes(flags.parser), `--parser is msgpack, not ${flags.parser}`);
  const adapters = ["none", ...Object.keys(ADAPTERS)];
  check(adapters.includes(flags.adapter), `--adapter is one of ${adapters}, not ${flags.adapter}`);
  return flags;
}

function parse(args, options) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function check(condition, message) {
  if (!condition) {
    throw new UsageError(message);
  }
}

export function engineOptions(flags) {
  return given({
    pingInterval: number(flags["ping-interval"]),
    pingTimeout: number(flags["ping-timeout"]),
    maxHttpBufferSize: number(flags["max-payload"]),
    upgradeTimeout: number(flags["upgrade-timeout"]),
    transports: flags.transports?.split(","),
    allowEIO3: on(flags["allow-eio3"]),
    cors: cors(flags),
    cookie: flags.cookie && { name: flags.cookie },
    httpCompression: compression(flags["http-compression"]),
    perMessageDeflate: on(flags["per-message-deflate"]),
  });
}

export function socketOptions(flags, adapter) {
  const recovery = number(flags.recovery);
  return given({
    adapter,
    path: flags.path,
    serveClient: on(flags["serve-client"]),
    connectTimeout: number(flags["connect-timeout"]),
    parser: flags.parser === "msgpack" ? msgpackParser.default ?? msgpackParser : undefined,
    connectionStateRecovery: recovery && { maxDisconnectionDuration: recovery },
    cleanupEmptyChildNamespaces: on(flags["cleanup-empty-child-namespaces"]),
  });
}

function given(options) {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function number(text) {
  return text === undefined ? undefined : Number(text);
}

function on(text) {
  return text === undefined ? undefined : text === "on";
}

function compression(text) {
  return text === "on" ? { threshold: 1024 } : on(text);
}

function cors(flags) {
  const origin = flags["cors-origin"];
  return origin && given({ origin, credentials: on(flags["cors-credentials"]) });
}
