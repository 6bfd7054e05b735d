// socket.io on Node: `node node.js [--host H] [--port N] [--engine ws|eiows] [--tls CERT,KEY]
// [--deflate on] [--recovery on] [--adapter redis|sharded|streams --redis HOST:PORT]`. For eiows see
// ../README.md.
import { readFileSync } from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import { Server } from "socket.io";
import { readFlags, serve } from "./contract.js";

const flags = readFlags();

function makeHttpServer({ tls }) {
  return tls
    ? https.createServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) })
    : http.createServer();
}

async function makeOptions({ engine, deflate, recovery, adapter, redis }) {
  return {
    ...(engine === "eiows" && { wsEngine: (await import("eiows")).default.Server }),
    ...(deflate === "on" && {
      perMessageDeflate: { serverNoContextTakeover: true, clientNoContextTakeover: true },
    }),
    ...(recovery === "on" && { connectionStateRecovery: {} }),
    ...(adapter && { adapter: await (await import("./adapter.js")).makeAdapter(adapter, redis) }),
  };
}

const server = makeHttpServer(flags);
server.keepAliveTimeout = 65_000; // the benchmark's polling clients rest for longer than Node's 5 s
serve(new Server(server, await makeOptions(flags)));
server.listen(flags.port, flags.host, 4096, () =>
  console.log(`listening on ${flags.host}:${server.address().port}`),
);
process.on("SIGTERM", () => process.exit(0));
