// The WebSocket service of seed document 004, on `/`.
import { strict as assert } from "node:assert";
import { after, describe, test } from "node:test";
import { ISO_TIME, connectTo, newName, person, sharedChat } from "./suite.js";
import { startChat, temporaryFolder } from "./sio_chat.js";
import { askOne, closeAll, connectClient } from "../support/clients.js";
import { eventually, nextEvent, record } from "../support/eventually.js";
import { startRedis } from "../support/redis.js";

describe("the WebSocket service", () => {
  const server = sharedChat();
  const client = () => connectTo(server, "/");

  test("as the document's client uses it", async () => {
    const room = newName("room");
    const [one, two] = [await client(), await client()];
    const own = nextEvent(one, "user-joined");
    one.emit("join-room", room);
    assert.deepEqual(await own, [{ userId: one.id, room }]);
    const joined = nextEvent(one, "user-joined");
    two.emit("join-room", room);
    assert.deepEqual(await joined, [{ userId: two.id, room }]);
    const heard = [nextEvent(one, "new-message"), nextEvent(two, "new-message")];
    one.emit("send-message", { room, message: "Hello everyone!" });
    for (const [{ timestamp, ...rest }] of await Promise.all(heard)) {
      assert.deepEqual(rest, { userId: one.id, message: "Hello everyone!" });
      assert.match(timestamp, ISO_TIME);
    }
    const left = nextEvent(one, "user-left");
    const self = record(two, "user-left");
    two.emit("leave-room", room);
    assert.deepEqual(await left, [{ userId: two.id, room }]);
    assert.deepEqual(self, []);
  });

  test("who asks for an answer gets one", async () => {
    const room = newName("room");
    const socket = await client();
    assert.deepEqual(await askOne(socket, "send-message", { room, message: "x" }), {
      error: "You must join the room first",
    });
    assert.deepEqual(await askOne(socket, "join-room", room), { success: true });
    assert.deepEqual(await askOne(socket, "send-message", { room, message: "x" }), { success: true });
    assert.deepEqual(await askOne(socket, "leave-room", room), { success: true });
    assert.deepEqual(await askOne(socket, "join-room", 5), { error: "room must be a string" });
    assert.deepEqual(await askOne(socket, "send-message", { room, message: "" }), {
      error: "message should not be empty",
    });
  });

  test("a room that is full or closed: error, with the texts of the document", async () => {
    const room = newName("small");
    const owner = await person(server, newName("ada"));
    await askOne(owner, "createRoom", { room, capacity: 1 });
    const [one, two] = [await client(), await client()];
    assert.deepEqual(await askOne(one, "join-room", room), { success: true });
    const full = nextEvent(two, "error");
    two.emit("join-room", room);
    assert.deepEqual(await full, [{ message: "Room is full", code: "ROOM_FULL" }]);
    await askOne(one, "leave-room", room);
    await askOne(owner, "closeRoom", { room });
    const closed = nextEvent(two, "error");
    assert.equal((await askOne(two, "join-room", room)).code, "ROOM_CLOSED");
    assert.deepEqual(await closed, [{ message: "Room is closed", code: "ROOM_CLOSED" }]);
  });

  test("the place of a client that has gone is free again", async () => {
    const room = newName("small");
    await askOne(await person(server, newName("ada")), "createRoom", { room, capacity: 1 });
    const one = await client();
    await askOne(one, "join-room", room);
    one.disconnect();
    const two = await client();
    await eventually("the place is free", async () => (await askOne(two, "join-room", room)).success);
  });
});

describe("its records in Redis", () => {
  after(closeAll);

  test("clients and rooms have the fields of the document", async () => {
    const redis = await startRedis();
    const server = await startChat({ dataDirectory: temporaryFolder(), redis: redis.address, nodeId: "n1" });
    try {
      const socket = await connectClient(server, { transports: ["websocket"] });
      await askOne(socket, "join-room", "kitchen");
      const { client } = redis;
      const record = await eventually("the client's record", async () => {
        const found = await client.hGetAll(`ws:client:${socket.id}`);
        return found.id === socket.id && found;
      });
      assert.match(record.connectedAt, ISO_TIME);
      assert.match(record.lastActiveAt, ISO_TIME);
      assert.equal(record.node, "n1");
      assert.deepEqual(await client.sMembers(`ws:client:${socket.id}:rooms`), ["kitchen"]);
      assert.deepEqual(await client.sMembers("room:kitchen:clients"), [socket.id]);
      const room = await client.hGetAll("room:kitchen");
      assert.deepEqual([room.id, room.name], ["kitchen", "kitchen"]);
      await eventually("the event is kept", async () => (await client.lLen("room:kitchen:events")) === 1);
      const [event] = (await client.lRange("room:kitchen:events", 0, 0)).map(JSON.parse);
      assert.deepEqual([event.event, event.data], ["user-joined", { userId: socket.id, room: "kitchen" }]);
      const id = socket.id;
      socket.disconnect();
      await eventually("the record is gone", async () => (await client.exists(`ws:client:${id}`)) === 0);
      assert.equal(await client.exists("room:kitchen:clients"), 0);
    } finally {
      await server.stop();
      await redis.stop();
    }
  });
});
