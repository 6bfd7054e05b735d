// socket.io on Bun with its own engine: `bun bun.js [--host H] [--port N]`.
import { Server as Engine } from "@socket.io/bun-engine";
import { Server } from "socket.io";
import { readFlags, serve } from "./contract.js";

const { host, port } = readFlags();
const io = new Server();
const engine = new Engine({ path: "/socket.io/" });
io.bind(engine);
serve(io);
const server = Bun.serve({ hostname: host, port, idleTimeout: 65, ...engine.handler() });
console.log(`listening on ${host}:${server.port}`);
process.on("SIGTERM", () => process.exit(0));
