// What happens when Redis or a server of the cluster goes away, or says rubbish.
import { after, afterEach, before, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { askOne, closeAll, connectClient } from "../support/clients.js";
import { eventually, nextEvent, record } from "../support/eventually.js";
import { startRedis } from "../support/redis.js";
import { startServer } from "../support/server.js";
import { fail, operate, succeed } from "./nodes.js";

const RETURN_DEADLINE_MS = 5000; // a second on a machine that has nothing else to do

describe("when something fails", () => {
  for (const adapter of ["redis", "redis-sharded", "redis-streams"]) {
    describe(`adapter ${adapter}`, () => failures(adapter));
  }
});

function failures(adapter) {
  let redis;
  let servers = [];

  async function start(name, reference = false) {
    const flags = { adapter, redis: redis.address, nodeName: name, requestsTimeout: 1000 };
    const server = await startServer(flags, { reference });
    servers.push(server);
    return server;
  }

  const connect = (server) => connectClient(server, { transports: ["websocket"] });

  // Clients of servers that know of each other.
  async function connectCluster(...names) {
    const clients = [];
    for (const name of names) {
      clients.push(await connect(await start(name, name.startsWith("node"))));
    }
    for (const client of clients) {
      await eventually("all servers are there", async () =>
        (await operate(client, { do: "serverCount" })).result === names.length);
    }
    return clients;
  }

  // Sends until the other client has heard it.
  async function reaches(from, to, deadline) {
    const heard = record(to, "news");
    const send = () => operate(from, { do: "emit", event: "news", args: [1] });
    await eventually("it is heard", async () => (await send(), heard.length > 0), { deadline });
    to.off("news");
  }

  before(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    closeAll();
    await Promise.all(servers.filter((server) => server.running).map((server) => {
      server.signal("SIGCONT");
      return server.stop();
    }));
    servers = [];
  });
  after(() => redis.stop());

  test("without Redis a server starts, serves its clients, and joins when Redis comes", async () => {
    await redis.kill();
    const [first, second] = [await start("a"), await start("b")];
    const [one, two, three] = [await connect(first), await connect(first), await connect(second)];
    const heard = nextEvent(two, "news");
    await succeed(one, { do: "emit", event: "news", args: ["local"] });
    assert.deepEqual(await heard, ["local"]);
    await redis.start();
    await reaches(one, three, RETURN_DEADLINE_MS);
    await reaches(three, two, RETURN_DEADLINE_MS);
  });

  test("Redis is killed and comes back: local delivery never stops, the cluster heals", async () => {
    const [one, two] = await connectCluster("a", "b");
    const neighbour = await connect(servers[0]);
    const seen = record(neighbour, "count");
    await redis.kill();
    for (let i = 0; i < 50; ++i) {
      await succeed(one, { do: "emit", event: "count", args: [i] });
    }
    await eventually("all local events", () => seen.length === 50);
    assert.deepEqual(seen.map(([i]) => i), [...Array(50).keys()]);
    await redis.start();
    await reaches(one, two, RETURN_DEADLINE_MS);
    await reaches(two, neighbour, RETURN_DEADLINE_MS);
    assert.equal(await eventually("both are counted", async () =>
      (await operate(one, { do: "serverCount" })).result === 2), true);
  });

  test("a subscriber's connection is cut: it subscribes again", async () => {
    const [one, two] = await connectCluster("a", "b");
    await redis.client.sendCommand(["CLIENT", "KILL", "TYPE", "pubsub"]);
    await redis.client.sendCommand(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
    await reaches(one, two, RETURN_DEADLINE_MS);
    await reaches(two, one, RETURN_DEADLINE_MS);
  });

  for (const victim of ["node", "ours"]) {
    test(`a ${victim} server hangs in the middle of a request: who answered is told`, async () => {
      const [asking, answering, hanging] = await connectCluster("ours-a", "ours-b", `${victim}-c`);
      servers[2].signal("SIGSTOP");
      for (const client of [asking, answering]) {
        client.on("ask", (ack) => ack("here"));
      }
      const question = { do: "emitWithAck", event: "ask", timeout: 500 };
      const failure = await fail(asking, question);
      assert.equal(failure.error, "operation has timed out");
      assert.deepEqual(failure.responses, ["here", "here"]);
      assert.ok(hanging.connected);

      const answer = new Promise((resolve) => {
        asking.emit("op", { do: "serverSideEmitWithAck", event: "sse-ask" }, resolve);
      });
      const { ok, error, responses } = await answer;
      assert.equal(ok, false);
      assert.match(error, /^timeout reached: only 1 responses received out of 2/);
      assert.deepEqual(responses, [{ node: "ours-b", args: [] }]);
    });

    test(`a ${victim} server is killed: the others go on without it`, async () => {
      const [one, two] = await connectCluster("ours-a", "ours-b", `${victim}-c`);
      await servers[2].kill();
      await eventually("it is not counted", async () =>
        (await operate(one, { do: "serverCount" })).result === 2);
      assert.equal((await succeed(one, { do: "fetchSockets" })).length, 2);
      await reaches(two, one);
    });
  }

  test("rubbish on the bus does no harm", async () => {
    const [one, two] = await connectCluster("a", "b");
    const { client } = redis;
    const deep = Buffer.concat([Buffer.alloc(100_000, 0x91), Buffer.from([0xc0])]);
    const texts = ["", "{", "[]", "null", "[1", "{}", '{"type":3}', '{"type":99,"uid":"x"}', "\x93",
      '{"uid":"x","type":3,"data":{}}', `${"[".repeat(100_000)}`, deep, Buffer.from("dfffffffff", "hex"),
      Buffer.from("93a1788183a474797065c3", "hex"), Buffer.from("c6ffffffff", "hex")];
    const channels = ["socket.io#/#", "socket.io#/#room#", "socket.io-request#/#", "socket.io-response#/#"];
    for (const text of texts) {
      for (const channel of channels) {
        await client.sendCommand(["PUBLISH", channel, text]);
        await client.sendCommand(["SPUBLISH", channel, text]);
      }
      await client.sendCommand(["XADD", "socket.io", "*", "uid", "x", "nsp", "/", "type", "3", "data", text]);
      await client.sendCommand(["XADD", "socket.io", "*", "odd", text]);
    }
    await reaches(one, two);
    await reaches(two, one);
    assert.equal((await succeed(one, { do: "fetchSockets" })).length, 2);
    assert.equal(await askOne(two, "echo", "alive"), "alive");
  });
}
