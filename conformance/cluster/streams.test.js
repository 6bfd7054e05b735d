// The streams adapter: @socket.io/redis-streams-adapter.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { askOne } from "../support/clients.js";
import { eventually } from "../support/eventually.js";
import { openWebSocket } from "../support/engine.js";
import { describeBattery } from "./battery.js";
import { NAMES, sharedCluster } from "./nodes.js";

describe("streams adapter", () => {
  describeBattery(sharedCluster({ adapter: "redis-streams" }));
});

describe("streams adapter with connection state recovery", () => {
  const cluster = sharedCluster({ adapter: "redis-streams", recovery: 60_000 });

  // Joins, and is told something, so that it has an offset.
  async function visitor(server, sender) {
    const session = await openWebSocket(server.port);
    const { sid, pid } = await session.join();
    await session.send('42["join","kept"]', '42["setData",{"name":"Ada"}]');
    await eventually("it is in the room", async () => {
      const { result } = await askOne(sender, "op", { do: "fetchSockets", to: ["kept"] });
      return result.length === 1;
    });
    sender.emit("room", "kept", "first");
    const [, , offset] = await nextRoomEvent(session);
    return { session, sid, pid, offset };
  }

  async function nextRoomEvent(session) {
    for (;;) {
      const packet = await session.next();
      if (packet.startsWith('42["room"')) {
        return JSON.parse(packet.slice(2));
      }
    }
  }

  for (const [left, home] of NAMES.entries()) {
    for (const [entered, host] of NAMES.entries()) {
      test(`a client of ${home} gets what it missed from ${host}`, async () => {
        const [sender] = await cluster.connect();
        const { session, sid, pid, offset } = await visitor(cluster.servers[left], sender);
        session.ws.destroy();
        await eventually("it is away", async () => {
          const { result } = await askOne(sender, "op", { do: "fetchSockets", to: ["kept"] });
          return result.length === 0;
        });
        sender.emit("room", "elsewhere", "not for it");
        sender.emit("room", "kept", "missed");
        await eventually("the event is in the stream", async () => {
          const [last] = await cluster.redis.client.xRevRange("socket.io", "+", "-", { COUNT: 1 });
          return last.message.data.includes("missed");
        });
        const back = await openWebSocket(cluster.servers[entered].port);
        await back.send(`40${JSON.stringify({ pid, offset })}`);
        assert.equal((await nextRoomEvent(back))[1], "missed");
        assert.deepEqual(JSON.parse((await back.next()).slice(2)), { sid, pid });
        await back.send("421[\"whoami\"]");
        const [info] = JSON.parse((await back.next()).slice(3));
        assert.deepEqual([info.recovered, info.id, info.data], [true, sid, { name: "Ada" }]);
        assert.deepEqual(info.rooms.sort(), [sid, "kept"].sort());
        back.ws.destroy();
      });
    }
  }
});
