// What the people of a stage do, against one server and the other.
import { allTokens, userToken } from "./tokens.js";

const NO_PAYLOAD = [];
const ODD_PAYLOADS = [NO_PAYLOAD, [null], [5], ["text"], [true], [[]], [["a", "b"]], [{}], [{ username: "A" }, 2]];

// Over every transport.
export const scenarios = {
  async "joining, talking and leaving"(stage) {
    await stage.enter("ann");
    await stage.enter("bob");
    await stage.enter("cid");
    await stage.ask("ann", "/chat", "sendMessage", { message: "too early" });
    await stage.ask("ann", "/chat", "typing", { isTyping: true });
    await stage.ask("ann", "/chat", "joinChat", { username: "Ann" });
    await stage.ask("bob", "/chat", "joinChat", { username: "Bob" });
    await stage.ask("ann", "/chat", "sendMessage", { message: "hello" });
    await stage.tell("ann", "/chat", "sendMessage", { message: "no answer wanted", more: [1, { a: null }] });
    await stage.ask("ann", "/chat", "typing", { isTyping: true });
    await stage.tell("bob", "/chat", "typing", { isTyping: false });
    await stage.ask("ann", "/chat", "joinChat", { username: "Ann the second" });
    await stage.ask("bob", "/chat", "sendMessage", { message: "ünïcödé 😀 \u2028 </script>", room: "ignored" });
    await stage.ask("bob", "/chat", "noSuchEvent", 1);
    await stage.disconnect("ann");
    await stage.disconnect("cid");
    await stage.enter("ann");
    await stage.ask("ann", "/chat", "joinChat", { username: "Ann the third" });
    await stage.leave("bob", "/chat");
    await stage.ask("ann", "/chat", "sendMessage", { message: "alone" });
  },

  async "names and messages of any type"(stage) {
    await stage.enter("ann");
    await stage.enter("bob");
    await stage.ask("bob", "/chat", "joinChat", { username: "Bob" });
    for (const name of [null, false, 0, "", 5, true, 1e21, ["x", { y: 1 }], { first: "A" }, Buffer.from([0, 255])]) {
      await stage.ask("ann", "/chat", "joinChat", { username: name });
      await stage.ask("ann", "/chat", "sendMessage", { message: name });
      await stage.ask("ann", "/chat", "typing", { isTyping: name });
    }
    await stage.disconnect("ann");
  },

  async "rooms"(stage) {
    await stage.enter("ann");
    await stage.enter("bob");
    await stage.enter("cid");
    await stage.ask("ann", "/rooms", "getRoomMembers", { room: "red" });
    await stage.ask("ann", "/rooms", "joinRoom", { room: "red", username: "Ann" });
    await stage.ask("bob", "/rooms", "joinRoom", { room: "red", username: "Bob" });
    await stage.ask("ann", "/rooms", "joinRoom", { room: "red", username: "Ann again" });
    await stage.ask("cid", "/rooms", "getRoomMembers", { room: "red" });
    await stage.ask("cid", "/rooms", "sendRoomMessage", { room: "red", username: "Cid", message: "from outside" });
    await stage.ask("ann", "/rooms", "sendRoomMessage", { room: "red", username: "Ann", message: ["any", "type"] });
    await stage.ask("bob", "/rooms", "joinRoom", { room: "blue", username: "Bob" });
    await stage.ask("bob", "/rooms", "getRoomMembers", { room: "red" });
    await stage.ask("bob", "/rooms", "getRoomMembers", { room: "blue" });
    await stage.ask("bob", "/rooms", "leaveRoom", { room: "red", username: "never there" });
    await stage.ask("bob", "/rooms", "leaveRoom", { room: "blue", username: "Bob" });
    await stage.ask("cid", "/rooms", "getRoomMembers", { room: "blue" });
    await stage.tell("cid", "/rooms", "joinRoom", { room: "red" });
    await stage.disconnect("ann");
    await stage.ask("cid", "/rooms", "getRoomMembers", { room: "red" });
  },

  async "the rooms of single sockets"(stage) {
    await stage.enter("ann");
    await stage.enter("bob");
    const [ann, bob] = ["ann", "bob"].map((name) => stage.id(name, "/rooms"));
    await stage.ask("ann", "/rooms", "getRoomMembers", { room: ann });
    await stage.ask("ann", "/rooms", "sendRoomMessage", { room: bob, message: "psst" });
    await stage.ask("ann", "/rooms", "joinRoom", { room: bob });
    await stage.ask("bob", "/rooms", "sendRoomMessage", { room: bob, message: "for both" });
    await stage.ask("ann", "/rooms", "joinRoom", { room: ann });
    await stage.ask("bob", "/rooms", "leaveRoom", { room: bob });
    await stage.ask("ann", "/rooms", "getRoomMembers", { room: bob });
    await stage.ask("bob", "/rooms", "joinRoom", { room: "red" });
  },

  async "messages to users"(stage) {
    await stage.enter("ann");
    await stage.enter("ann's phone", { auth: { token: userToken("ann") } });
    await stage.enter("5");
    await stage.post("/judge/send-to-user", { userId: "ann", event: "news", data: { a: [1, null] } });
    await stage.post("/judge/send-to-user", { userId: "nobody", event: "news", data: 1 });
    await stage.post("/judge/send-to-user", { userId: 5, event: "news", data: "text" });
    await stage.post("/judge/send-to-user", { userId: "ann", event: "news" });
    await stage.post("/judge/broadcast", { event: "all", data: [1, 2] });
    await stage.post("/judge/broadcast", { event: "all" });
    await stage.disconnect("ann");
    await stage.post("/judge/send-to-user", { userId: "ann", event: "news", data: false });
    await stage.leave("ann's phone", "/");
    await stage.post("/judge/send-to-user", { userId: "ann", event: "news", data: false });
  },

  async "where a token may be"(stage) {
    await stage.enter("witness");
    const tokens = ["query", "header", "auth"].map((place) => [place, userToken(place)]);
    const { query, header, auth } = Object.fromEntries(tokens);
    const places = {
      "in the query": { handshake: { query: { token: query } }, auth: {} },
      "in the header": { handshake: { extraHeaders: { authorization: `Bearer ${header}` } }, auth: {} },
      "everywhere": {
        handshake: { query: { token: query }, extraHeaders: { authorization: `Bearer ${header}` } },
        auth: { token: auth },
      },
      "in header and auth": { handshake: { extraHeaders: { authorization: `Bearer ${header}` } }, auth: { token: auth } },
      "nowhere": { auth: {} },
      "nowhere, with a payload of another kind": { auth: { tokens: [auth] } },
      "in auth, with an empty query": { handshake: { query: { token: "" } }, auth: { token: auth } },
      "in auth, with a bad query": { handshake: { query: { token: "bad" } }, auth: { token: auth } },
      "in auth, with another scheme": { handshake: { extraHeaders: { authorization: "Basic eDp5" } }, auth: { token: auth } },
      "in auth, with an empty header": { handshake: { extraHeaders: { authorization: "Bearer " } }, auth: { token: auth } },
      "in a header in lower case": { handshake: { extraHeaders: { authorization: `bearer ${header}` } }, auth: {} },
      "in a header after two spaces": { handshake: { extraHeaders: { authorization: `Bearer  ${header}` } }, auth: {} },
    };
    for (const [name, options] of Object.entries(places)) {
      await visit(stage, name, options);
    }
    for (const token of [5, 0, "", true, false, null, {}, [auth]]) {
      await visit(stage, `in auth, as ${JSON.stringify(token).slice(0, 9)}`, { auth: { token } });
    }
  },

  async "namespaces that are not there"(stage) {
    await stage.enter("ann", { namespaces: ["/", "/rooms", "/nowhere", "/chat/", "/Chat"] });
  },
};

// About what lies in the packets, whatever carries them.
export const payloadScenarios = {
  async "wrong payloads in the chat"(stage) {
    await stage.enter("ann");
    await stage.enter("bob");
    for (const args of ODD_PAYLOADS) {
      await stage.ask("ann", "/chat", "sendMessage", ...args);
      await stage.ask("ann", "/chat", "typing", ...args);
      await stage.ask("ann", "/chat", "joinChat", ...args);
      await stage.ask("ann", "/chat", "sendMessage", ...args);
    }
    await stage.ask("ann", "/chat", "joinChat", { username: "Ann" });
    for (const args of ODD_PAYLOADS) {
      await stage.ask("ann", "/chat", "sendMessage", ...args);
      await stage.ask("ann", "/chat", "typing", ...args);
    }
    await stage.tell("ann", "/chat", "joinChat");
    await stage.tell("ann", "/chat", "sendMessage");
    await stage.tell("ann", "/chat", "typing", null);
    await stage.disconnect("ann");
  },

  async "rooms of any type"(stage) {
    await stage.enter("ann");
    await stage.enter("bob");
    await stage.ask("bob", "/rooms", "joinRoom", { room: "5", username: "Bob" });
    const list = ["k", "l"];
    for (const room of [5, "", null, undefined, true, 1.5, -0, 1e21, { x: 1 }, list, [], [5], [["n"]], Buffer.from("b")]) {
      for (const event of ["joinRoom", "getRoomMembers", "sendRoomMessage", "leaveRoom", "getRoomMembers"]) {
        await stage.ask("ann", "/rooms", event, { room, username: "Ann", message: "m" });
      }
    }
  },

  async "wrong payloads in rooms"(stage) {
    await stage.enter("ann");
    await stage.enter("bob");
    for (const args of ODD_PAYLOADS) {
      for (const event of ["leaveRoom", "sendRoomMessage", "getRoomMembers", "joinRoom", "getRoomMembers"]) {
        await stage.ask("bob", "/rooms", "joinRoom", { room: "red" });
        await stage.ask("bob", "/rooms", event, ...args);
        await stage.ask("ann", "/rooms", "getRoomMembers", { room: "red" });
      }
    }
  },

  async "tokens"(stage) {
    await stage.enter("witness");
    for (const [name, token] of Object.entries(allTokens())) {
      await visit(stage, name, { auth: { token } });
    }
  },
};

// People of two servers in one cluster.
export const clusterScenarios = {
  async "a cluster"(stage) {
    await stage.enter("ann", { server: 0 });
    await stage.enter("bob", { server: 1 });
    await stage.enter("cid", { server: 0 });
    await stage.enter("dan", { server: 1 });
    await stage.ask("ann", "/chat", "joinChat", { username: "Ann" });
    await stage.ask("bob", "/chat", "joinChat", { username: "Bob" });
    await stage.ask("bob", "/chat", "sendMessage", { message: "hello there" });
    await stage.ask("ann", "/chat", "typing", { isTyping: true });
    for (const name of ["ann", "bob", "cid"]) {
      await stage.ask(name, "/rooms", "joinRoom", { room: "red", username: name });
    }
    await stage.ask("bob", "/rooms", "sendRoomMessage", { room: "red", username: "Bob", message: "to all" });
    await stage.ask("ann", "/rooms", "sendRoomMessage", { room: ["red", "blue"], message: "to a list" });
    await stage.ask("bob", "/rooms", "getRoomMembers", { room: "red" });
    await stage.ask("cid", "/rooms", "joinRoom", { room: 5, username: "Cid" });
    await stage.ask("bob", "/rooms", "sendRoomMessage", { room: 5, message: "to a number" });
    await stage.post("/judge/send-to-user", { userId: "bob", event: "news", data: 1 }, 0);
    await stage.post("/judge/send-to-user", { userId: "ann", event: "news", data: 2 }, 1);
    await stage.post("/judge/broadcast", { event: "all", data: 3 }, 1);
    await stage.disconnect("bob");
    await stage.ask("ann", "/rooms", "sendRoomMessage", { room: "red", message: "who is left?" });
  },
};

async function visit(stage, token, options) {
  const name = `somebody with a token ${token}`;
  await stage.enter(name, { ...options, namespaces: ["/", "/rooms"] });
  await stage.disconnect(name);
}
