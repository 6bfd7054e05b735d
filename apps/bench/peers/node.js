// socket.io on Node: `node node.js [--host H] [--port N] [--engine ws|eiows]`. For eiows, which
// compiles itself from Node's own sources, say `npm install eiows` before.
import { createServer } from "node:http";
import { Server } from "socket.io";
import { readFlags, serve } from "./contract.js";

const { host, port, engine } = readFlags();
const wsEngine = engine === "eiows" ? (await import("eiows")).default.Server : undefined;
const http = createServer();
http.keepAliveTimeout = 65_000; // the benchmark's polling clients rest for longer than Node's 5 s
serve(new Server(http, wsEngine ? { wsEngine } : {}));
http.listen(port, host, 4096, () => console.log(`listening on ${host}:${http.address().port}`));
process.on("SIGTERM", () => process.exit(0));
