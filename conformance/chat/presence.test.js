// Two nodes on one Redis, and one of them dies.
import { strict as assert } from "node:assert";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { newName, person, connectTo } from "./suite.js";
import { startChat, temporaryFolder } from "./sio_chat.js";
import { askOne, closeAll } from "../support/clients.js";
import { eventually, nextEvent, record } from "../support/eventually.js";
import { startRedis } from "../support/redis.js";

const HEARTBEAT_MS = 300;
const TIMEOUT_MS = 1_500;

// What operators may rely on with the default times; with those of here it takes much less.
const DEADLINE_MS = 15_000;

describe("presence in a cluster", () => {
  let redis;
  let nodes;

  function start(nodeId, flags = {}) {
    return startChat({
      dataDirectory: temporaryFolder(),
      redis: redis.address,
      nodeId,
      clusterHeartbeat: HEARTBEAT_MS,
      clusterNodeTimeout: TIMEOUT_MS,
      presenceGrace: 200,
      ...flags,
    });
  }

  const stats = async (node) => (await (await fetch(`${node.url}/stats`)).json()).cluster;

  before(async () => {
    redis = await startRedis();
  });
  beforeEach(async () => {
    await redis.client.flushAll();
    nodes = [await start("n1"), await start("n2")];
    for (const node of nodes) {
      await eventually("the nodes know each other", async () => (await stats(node)).totalNodes === 2, {
        deadline: DEADLINE_MS,
      });
    }
  });
  afterEach(async () => {
    closeAll();
    await Promise.all(nodes.map((node) => node.kill()));
  });
  after(() => redis?.stop());

  const presenceOf = async (socket, name) =>
    (await askOne(socket, "getPresence", { users: [name] })).presence[0];

  // Waits until those are told to be online, and forgets it. That somebody is online is known before it is told.
  async function toldOnline(news, ...names) {
    const told = (name) => news.some(([user]) => user.username === name && user.online);
    await eventually(`${names} are told to be online`, () => names.every(told), { deadline: DEADLINE_MS });
    news.length = 0;
  }

  const isOnline = (socket, name, online) =>
    eventually(`${name} is ${online ? "online" : "offline"}`, async () =>
      (await presenceOf(socket, name)).online === online, { deadline: DEADLINE_MS });

  test("both nodes know who is there, since when the others are not, and how many there are", async () => {
    const [ada, bob] = [newName("ada"), newName("bob")];
    const one = await person(nodes[0], ada);
    const news = record(one, "presence");
    const two = await person(nodes[1], bob);
    await isOnline(one, bob, true);
    await isOnline(two, ada, true);
    const third = await connectTo(nodes[0], "/chat");
    const users = nextEvent(third, "onlineUsers");
    await askOne(third, "joinChat", { username: ada });
    assert.deepEqual(await users, [{ users: [ada, bob] }]);
    await eventually("all connections are counted", async () => {
      const { totalConnections, nodesStats } = await stats(nodes[1]);
      return totalConnections === 3 && nodesStats.length === 2;
    });
    const left = nextEvent(one, "userLeft");
    two.disconnect();
    assert.equal((await left)[0].username, bob);
    await eventually("the news of bob", () => news.filter(([{ username }]) => username === bob).length === 2);
    assert.deepEqual(news.map(([{ username, online }]) => [username, online]).filter(([name]) => name === bob),
      [[bob, true], [bob, false]]);
    const { lastSeen } = await presenceOf(one, bob);
    assert.ok(Math.abs(Date.parse(lastSeen) - Date.now()) < DEADLINE_MS);
  });

  test("a node that is killed: its users are offline, its rooms told once, its traces removed", async () => {
    const [ada, bob, cy] = [newName("ada"), newName("bob"), newName("cy")];
    const room = newName("kitchen");
    const one = await person(nodes[0], ada);
    const news = record(one, "presence");
    const two = await person(nodes[1], bob);
    const both = [await person(nodes[0], cy), await person(nodes[1], cy)];
    await askOne(one, "joinRoom", { room });
    await askOne(two, "joinRoom", { room });
    await toldOnline(news, bob, cy);
    await eventually("the rooms are in Redis", async () =>
      (await redis.client.sMembers("ws:node:n2:rooms")).includes(room));
    const told = record(one, "reconnectRequired");
    const left = record(one, "userLeft");
    await nodes[1].kill();
    await isOnline(one, bob, false);
    assert.ok((await presenceOf(one, cy)).online);
    await eventually("the rooms are told", () => told.length >= 2);
    assert.deepEqual(told.map(([notice]) => notice).sort((a, b) => (a.roomId < b.roomId ? -1 : 1)), [
      { roomId: room, reason: "node_failure" },
      { roomId: "lobby", reason: "node_failure" },
    ].sort((a, b) => (a.roomId < b.roomId ? -1 : 1)));
    await eventually("bob has left", () => left.length === 1 && news.length === 1);
    assert.equal(left[0][0].username, bob);
    assert.deepEqual([news[0][0].username, news[0][0].online], [bob, false]);
    await eventually("the traces are gone", async () => {
      assert.deepEqual(await redis.client.sMembers("ws:active_nodes"), ["n1"]);
      assert.deepEqual(await redis.client.hKeys("ws:nodes"), ["n1"]);
      assert.deepEqual(await redis.client.keys("*n2*"), []);
      return true;
    });
    assert.equal((await stats(nodes[0])).totalNodes, 1);
    const { members } = await askOne(one, "getRoomMembers", { room });
    assert.deepEqual(members, [{ username: ada, online: true }, { username: bob, online: false }]);
    assert.ok(both[0].connected);
  });

  test("who comes back at another node before the dead one is noticed has never been away", async () => {
    const [ada, bob] = [newName("ada"), newName("bob")];
    const one = await person(nodes[0], ada);
    const news = record(one, "presence");
    await person(nodes[1], bob);
    await toldOnline(news, bob);
    await nodes[1].kill();
    await person(nodes[0], bob);
    await eventually("the dead node is noticed", async () => (await stats(nodes[0])).totalNodes === 1, {
      deadline: DEADLINE_MS,
    });
    assert.ok((await presenceOf(one, bob)).online);
    assert.deepEqual(news, []);
  });

  test("a node that ends in order takes its users with it", async () => {
    const [ada, bob] = [newName("ada"), newName("bob")];
    const one = await person(nodes[0], ada);
    await person(nodes[1], bob);
    await isOnline(one, bob, true);
    const told = record(one, "reconnectRequired");
    await nodes[1].stop();
    assert.deepEqual(await redis.client.sMembers("ws:active_nodes"), ["n1"]);
    await isOnline(one, bob, false);
    await eventually("one node is left", async () => (await stats(nodes[0])).totalNodes === 1);
    assert.deepEqual(told, []);
  });

  test("nothing is left when everybody has gone, however he went", async () => {
    const watcher = await person(nodes[0], newName("watcher"));
    const people = await Promise.all(Array.from({ length: 24 }, async (_, i) => {
      const socket = await person(nodes[i % 2], newName("person"));
      const service = await connectTo(nodes[i % 2], "/");
      await Promise.all([
        ...[0, 1, 2].map((room) => askOne(socket, "joinRoom", { room: `room-${(i + room) % 5}` })),
        askOne(service, "join-room", `room-${i % 5}`),
      ]);
      socket.emit("typing", { isTyping: true });
      return [socket, service];
    }));
    await eventually("all are online", async () =>
      (await askOne(watcher, "getRoomMembers", { room: "lobby" })).memberCount === 25);
    people.flat().forEach((socket, i) => (i % 3 === 0 ? socket.io.engine.close() : socket.disconnect()));
    await eventually("all are offline", async () =>
      (await askOne(watcher, "getRoomMembers", { room: "lobby" })).memberCount === 1);
    watcher.disconnect();
    await eventually("their traces are gone", async () => {
      for (const pattern of ["presence:node:*", "ws:node:*:rooms", "ws:client:*", "room:*:clients"]) {
        assert.deepEqual(await redis.client.keys(pattern), [], pattern);
      }
      return true;
    });
  });

  test("a node that starts later learns who is there", async () => {
    const bob = newName("bob");
    await person(nodes[1], bob);
    nodes.push(await start("n3"));
    const late = await person(nodes[2], newName("late"));
    await isOnline(late, bob, true);
  });

  test("a node that was frozen until it counted as dead is back with its users", async () => {
    const [ada, bob] = [newName("ada"), newName("bob")];
    const one = await person(nodes[0], ada);
    await person(nodes[1], bob);
    await isOnline(one, bob, true);
    nodes[1].signal("SIGSTOP");
    await isOnline(one, bob, false);
    nodes[1].signal("SIGCONT");
    await isOnline(one, bob, true);
  });

  test("nobody goes offline because Redis is away", async () => {
    const [ada, bob] = [newName("ada"), newName("bob")];
    const one = await person(nodes[0], ada);
    const news = record(one, "presence");
    await person(nodes[1], bob);
    await toldOnline(news, bob);
    await redis.kill();
    await redis.start();
    for (const node of nodes) {
      await eventually("it is registered again", async () => {
        const active = await redis.client.sMembers("ws:active_nodes");
        return active.length === 2 && (await stats(node)).totalNodes === 2;
      }, { deadline: DEADLINE_MS });
    }
    assert.ok((await presenceOf(one, bob)).online);
    assert.deepEqual(news, []);
  });
});
