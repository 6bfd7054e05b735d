// socket.io on Bun with its own engine: `bun bun.js [--host H] [--port N] [--tls CERT,KEY]`.
import { Server as Engine } from "@socket.io/bun-engine";
import { Server } from "socket.io";
import { readFlags, serve } from "./contract.js";

const { host, port, tls } = readFlags();
const io = new Server();
const engine = new Engine({ path: "/socket.io/" });
io.bind(engine);
serve(io);
const server = Bun.serve({
  hostname: host,
  port,
  idleTimeout: 65,
  ...(tls && { tls: { cert: Bun.file(tls.cert), key: Bun.file(tls.key) } }),
  ...engine.handler(),
});
console.log(`listening on ${host}:${server.port}`);
process.on("SIGTERM", () => process.exit(0));
