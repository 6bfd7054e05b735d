// The oracle: the application of the conformance server on the official Node packages. It takes the
// same flags and behaves the same from outside, so a test that fails here is a wrong test.
import { createServer } from "node:http";
import { Server as EngineServer } from "engine.io";
import { Server } from "socket.io";
import { parseFlags, engineOptions, socketOptions, UsageError } from "./flags.js";
import { answerRequest } from "./http.js";
import { serveApplication } from "./application.js";
import { joinCluster } from "./cluster.js";
import { serveProtocolSuite } from "./protocol_suite.js";

const CLOSE_DEADLINE_MS = 500;

function serveEcho(httpServer, flags) {
  const engine = new EngineServer(engineOptions(flags));
  engine.attach(httpServer, { path: flags.path ?? "/engine.io" });
  engine.on("connection", (socket) => socket.on("message", (data) => socket.send(data)));
  return () => {
    engine.close();
    httpServer.close();
  };
}

async function serveSockets(httpServer, flags) {
  const { adapter, leave } = await joinCluster(flags);
  const io = new Server(httpServer, { ...engineOptions(flags), ...socketOptions(flags, adapter) });
  if (flags.mode === "sio") {
    serveProtocolSuite(io);
  } else {
    serveApplication(io, { nodeName: flags["node-name"] ?? "reference" });
  }
  return () => io.close(leave);
}

async function main() {
  const flags = parseFlags(process.argv.slice(2));
  const httpServer = createServer(answerRequest);
  const close =
    flags.mode === "eio" ? serveEcho(httpServer, flags) : await serveSockets(httpServer, flags);

  process.once("SIGTERM", () => {
    httpServer.on("close", () => process.exit(0));
    setTimeout(() => process.exit(0), CLOSE_DEADLINE_MS);
    close();
    httpServer.closeIdleConnections();
  });
  httpServer.listen(Number(flags.port), "127.0.0.1", () => {
    console.log(`listening on 127.0.0.1:${httpServer.address().port}`);
  });
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError)) {
    throw error;
  }
  console.error(error.message);
  process.exit(2);
}
