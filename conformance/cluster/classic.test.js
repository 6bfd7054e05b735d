// The classic adapter: createAdapter() of @socket.io/redis-adapter.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { Emitter } from "@socket.io/redis-emitter";
import { askOne } from "../support/clients.js";
import { eventually, nextEvent, record } from "../support/eventually.js";
import { describeBattery } from "./battery.js";
import { NAMES, sharedCluster, succeed } from "./nodes.js";

const flags = { adapter: "redis", requestsTimeout: 1000 };

describe("classic adapter", () => {
  const cluster = sharedCluster(flags);
  describeBattery(cluster, flags);

  NAMES.forEach((name, from) => {
    test(`all rooms, asked of ${name}`, async () => {
      const clients = await cluster.connect();
      for (const [i, client] of clients.entries()) {
        await askOne(client, "join", `room-${i}`);
      }
      const rooms = await succeed(clients[from], { do: "allRooms" });
      const own = clients.map(({ id }) => id);
      assert.deepEqual(rooms, [...own, "room-0", "room-1", "room-2", "room-3"].sort());
    });

    test(`a number is another room than its digits, asked of ${name}`, async () => {
      const clients = await cluster.connect();
      await askOne(clients[0], "join", "5");
      await askOne(clients[2], "join", "5");
      const seen = await cluster.news(clients, from, { do: "emit", to: ["5"], args: [1] });
      assert.deepEqual(seen.map((list) => list.length), [1, 0, 1, 0]);
    });
  });

  describe("@socket.io/redis-emitter", () => {
    test("reaches the clients of all servers", async () => {
      const clients = await cluster.connect();
      const emitter = new Emitter(cluster.redis.client);
      const heard = clients.map((client) => nextEvent(client, "news"));
      emitter.emit("news", "text", Buffer.from([1, 2]), { a: 1 });
      for (const args of await Promise.all(heard)) {
        assert.deepEqual(args, ["text", Buffer.from([1, 2]), { a: 1 }]);
      }
    });

    test("moves sockets, sends to their room and disconnects them", async () => {
      const clients = await cluster.connect();
      const emitter = new Emitter(cluster.redis.client);
      emitter.in([clients[1].id, clients[3].id]).socketsJoin("moved");
      for (const i of [1, 3]) {
        await eventually("moved", async () => (await askOne(clients[i], "join", [])).includes("moved"));
      }
      const seen = clients.map((client) => record(client, "news"));
      const gone = [1, 3].map((i) => nextEvent(clients[i], "disconnect"));
      emitter.to("moved").emit("news", 1);
      emitter.in("moved").disconnectSockets();
      await Promise.all(gone);
      assert.deepEqual(seen, [[], [[1]], [], [[1]]]);
      assert.ok(clients[0].connected && clients[2].connected);
    });

    test("tells all servers", async () => {
      const clients = await cluster.connect();
      const mark = `emitter ${Math.random()}`;
      new Emitter(cluster.redis.client).serverSideEmit("sse-note", mark);
      for (const client of clients) {
        await eventually("heard", async () =>
          (await askOne(client, "sseLog")).some(([, text]) => text === mark));
      }
    });
  });
});

describe("classic adapter, answers on specific channels", () => {
  describeBattery(sharedCluster({ ...flags, specificResponseChannel: true, redisKey: "other" }), flags);
});
