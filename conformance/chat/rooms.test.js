// Rooms: with members and history on `/chat`, and those of seed document 002, section 3, on `/rooms`.
import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { ISO_TIME, connectTo, leaves, newName, person, sharedChat } from "./suite.js";
import { askOne } from "../support/clients.js";
import { eventually, nextEvent, record } from "../support/eventually.js";

describe("rooms of the chat", () => {
  const server = sharedChat({ limitsMessagePoints: 0, limitsEventPoints: 0 });

  test("joining and leaving: the room hears it, the answer says how many are in it", async () => {
    const room = newName("kitchen");
    const [adaName, bobName] = [newName("ada"), newName("bob")];
    const [ada, bob] = [await person(server, adaName), await person(server, bobName)];
    assert.deepEqual(await askOne(ada, "joinRoom", { room }), { success: true, room, members: 1 });
    const joined = nextEvent(ada, "userJoinedRoom");
    assert.deepEqual(await askOne(bob, "joinRoom", { room }), { success: true, room, members: 2 });
    const [{ timestamp, ...rest }] = await joined;
    assert.deepEqual(rest, { username: bobName, room });
    assert.match(timestamp, ISO_TIME);
    const left = nextEvent(ada, "userLeftRoom");
    assert.deepEqual(await askOne(bob, "leaveRoom", { room }), { success: true });
    assert.equal((await left)[0].username, bobName);
  });

  test("joining twice is told once", async () => {
    const room = newName("kitchen");
    const ada = await person(server, newName("ada"));
    const told = record(ada, "userJoinedRoom");
    await askOne(ada, "joinRoom", { room });
    assert.deepEqual(await askOne(ada, "joinRoom", { room }), { success: true, room, members: 1 });
    assert.equal(told.length, 1);
  });

  test("a message in a room is for its members", async () => {
    const room = newName("kitchen");
    const [ada, bob, cy] = [
      await person(server, newName("ada")),
      await person(server, newName("bob")),
      await person(server, newName("cy")),
    ];
    await askOne(ada, "joinRoom", { room });
    await askOne(bob, "joinRoom", { room });
    const outside = record(cy, "newMessage");
    const inside = nextEvent(bob, "newMessage");
    await askOne(ada, "sendMessage", { roomId: room, message: "psst" });
    assert.equal((await inside)[0].room, room);
    await askOne(cy, "sendMessage", { message: "barrier" });
    await eventually("the barrier", () => outside.length > 0);
    assert.deepEqual(outside.map(([{ message }]) => message), ["barrier"]);
  });

  test("a member stays one while he is away, and comes back into his rooms", async () => {
    const room = newName("kitchen");
    const [adaName, bobName] = [newName("ada"), newName("bob")].sort();
    const [ada, bob] = [await person(server, adaName), await person(server, bobName)];
    await askOne(ada, "joinRoom", { room });
    await askOne(bob, "joinRoom", { room });
    const left = leaves(ada, bobName);
    bob.disconnect();
    await left;
    assert.deepEqual(await askOne(ada, "getRoomMembers", { room }), {
      room,
      memberCount: 2,
      members: [{ username: adaName, online: true }, { username: bobName, online: false }],
    });
    const again = await connectTo(server, "/chat");
    const rooms = nextEvent(again, "joinedRooms");
    await askOne(again, "joinChat", { username: bobName });
    assert.deepEqual(await rooms, [{ rooms: [room] }]);
    const heard = nextEvent(again, "newMessage");
    await askOne(ada, "sendMessage", { room, message: "welcome back" });
    assert.equal((await heard)[0].message, "welcome back");
  });

  test("a room that is full or closed takes nobody", async () => {
    const room = newName("small");
    const ada = await person(server, newName("ada"));
    const bob = await person(server, newName("bob"));
    const created = await askOne(ada, "createRoom", { room, capacity: 1, metadata: { topic: "x" } });
    assert.deepEqual(created, { success: true, room });
    assert.equal((await askOne(bob, "createRoom", { room })).code, "ROOM_EXISTS");
    await askOne(ada, "joinRoom", { room });
    assert.equal((await askOne(bob, "joinRoom", { room })).code, "ROOM_FULL");
    assert.deepEqual(await askOne(bob, "closeRoom", { room }), { error: "Only who created the room may close it" });
    const closed = nextEvent(ada, "roomClosed");
    assert.deepEqual(await askOne(ada, "closeRoom", { room }), { success: true });
    assert.equal((await closed)[0].room, room);
    assert.equal((await askOne(bob, "joinRoom", { room })).code, "ROOM_CLOSED");
    const { rooms } = await askOne(ada, "listRooms");
    const { metadata, ...rest } = rooms.find((each) => each.room === room);
    assert.deepEqual(rest, { room, members: 1, capacity: 1, closed: true });
    assert.equal(metadata.topic, "x");
  });

  test("everybody is in the lobby", async () => {
    const name = newName("ada");
    const ada = await person(server, name);
    assert.equal((await askOne(ada, "joinRoom", { room: "lobby" })).success, true);
    assert.deepEqual(await askOne(ada, "leaveRoom", { room: "lobby" }), { success: true });
    const { members } = await askOne(ada, "getRoomMembers", { room: "lobby" });
    assert.ok(members.some(({ username, online }) => username === name && online));
    assert.equal((await askOne(ada, "listRooms")).rooms[0].room, "lobby");
    assert.ok((await askOne(ada, "createRoom", { room: "lobby" })).error);
  });

  test("the last events of a room", async () => {
    const room = newName("kitchen");
    const ada = await person(server, newName("ada"));
    await askOne(ada, "joinRoom", { room });
    await askOne(ada, "sendMessage", { room, message: "one" });
    const events = await eventually("both events", async () => {
      const answer = await askOne(ada, "getRoomEvents", { room });
      return answer.events?.length === 2 && answer.events;
    });
    assert.deepEqual(events.map(({ event }) => event), ["newMessage", "userJoinedRoom"]);
    assert.equal(events[0].data.message, "one");
  });

  test("nobody reads along in the room of another's connection", async () => {
    const [ada, bob] = [await person(server, newName("ada")), await person(server, newName("bob"))];
    await askOne(bob, "joinRoom", { room: ada.id });
    const stolen = record(bob, "onlineUsers");
    await askOne(ada, "joinChat", { username: newName("ada") });
    await askOne(bob, "getRoomMembers", { room: ada.id });
    assert.deepEqual(stolen, []);
  });
});

describe("the namespace /rooms", () => {
  const server = sharedChat({ threads: 2 });
  const client = () => connectTo(server, "/rooms");

  test("a client joins a room, and its members hear of it", async () => {
    const room = newName("red");
    const [one, two] = [await client(), await client()];
    assert.deepEqual(await askOne(one, "joinRoom", { room, username: "ada" }), { success: true, room, members: 1 });
    const heard = nextEvent(one, "userJoinedRoom");
    assert.deepEqual(await askOne(two, "joinRoom", { room, username: "bob" }), { success: true, room, members: 2 });
    const [{ timestamp, ...rest }] = await heard;
    assert.deepEqual(rest, { username: "bob", room });
    assert.match(timestamp, ISO_TIME);
    const answer = await askOne(one, "getRoomMembers", { room });
    assert.deepEqual([answer.room, answer.memberCount], [room, 2]);
    assert.deepEqual(answer.socketIds.sort(), [one.id, two.id].sort());
    const left = nextEvent(one, "userLeftRoom");
    assert.deepEqual(await askOne(two, "leaveRoom", { room, username: "bob" }), { success: true });
    assert.equal((await left)[0].username, "bob");
  });

  test("it is in one room at a time", async () => {
    const [red, blue] = [newName("red"), newName("blue")];
    const socket = await client();
    await askOne(socket, "joinRoom", { room: red, username: "ada" });
    await askOne(socket, "joinRoom", { room: blue, username: "ada" });
    assert.deepEqual(await askOne(socket, "getRoomMembers", { room: red }), { members: [] });
    assert.equal((await askOne(socket, "getRoomMembers", { room: blue })).memberCount, 1);
  });

  test("a message goes to the room only", async () => {
    const [red, blue] = [newName("red"), newName("blue")];
    const [one, two, three] = [await client(), await client(), await client()];
    await askOne(one, "joinRoom", { room: red, username: "ada" });
    await askOne(two, "joinRoom", { room: red, username: "bob" });
    await askOne(three, "joinRoom", { room: blue, username: "cy" });
    const outside = record(three, "newRoomMessage");
    const heard = nextEvent(two, "newRoomMessage");
    const message = { room: red, username: "ada", message: "hi" };
    assert.deepEqual(await askOne(one, "sendRoomMessage", message), { success: true });
    const [{ timestamp, ...rest }] = await heard;
    assert.deepEqual(rest, message);
    assert.match(timestamp, ISO_TIME);
    await askOne(three, "sendRoomMessage", { room: blue, username: "cy", message: "barrier" });
    await eventually("the barrier", () => outside.length === 1);
    assert.equal(outside[0][0].message, "barrier");
  });

  test("payloads are checked", async () => {
    const socket = await client();
    assert.deepEqual(await askOne(socket, "joinRoom", { room: "r" }), { error: "username must be a string" });
    assert.deepEqual(await askOne(socket, "joinRoom", { room: "", username: "ada" }), { error: "room should not be empty" });
    assert.deepEqual(await askOne(socket, "sendRoomMessage", { room: "r", username: "a", message: "x".repeat(501) }), {
      error: "message must be shorter than or equal to 500 characters",
    });
    assert.deepEqual(await askOne(socket, "getRoomMembers"), { error: "the payload must be an object" });
  });
});
