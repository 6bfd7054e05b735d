// Replays what was captured from the official packages. The captures came from an application of their
// own; `translated` says its events in the words of mode "app".
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { Opcode, RawSocket, RawWebSocket } from "../support/raw.js";
import { openPolling, openWebSocket } from "../support/engine.js";
import { openEio3 } from "../support/eio3.js";
import { assertAnswers } from "../support/application.js";
import { within } from "../support/eventually.js";
import { describeServer } from "../support/block.js";

function vectors(file) {
  const url = new URL(`../vectors/${file}.json`, import.meta.url);
  return JSON.parse(readFileSync(url)).vectors;
}

const named = (file, prefix) => vectors(file).filter(({ name }) => name.startsWith(prefix));

// Ids are different in every run, and so is the length of a body that has one of another length.
const ID = /[A-Za-z0-9_-]{20}/g;
const masked = (text) => text.replace(ID, "<id>");

describe("HTTP vectors", () => {
  const FRAMING = ["date", "connection", "content-length", "transfer-encoding", "keep-alive"];

  // The headers that mean something to a client, in order of their names.
  function comparable(headers) {
    return headers
      .map(([name, value]) => [name.toLowerCase(), masked(value)])
      .filter(([name]) => !FRAMING.includes(name))
      .sort();
  }

  async function exchange(port, request) {
    const [head, body] = request.split("\n\n");
    const connection = await RawSocket.connect(port);
    connection.send(`${head.replaceAll("\n", "\r\n")}\r\n\r\n${body}`);
    const method = head.slice(0, head.indexOf(" "));
    try {
      return await connection.readResponse({ method });
    } finally {
      connection.destroy();
    }
  }

  function assertResponse(response, expected) {
    const [, status] = expected.status_line.split(" ");
    const headers = expected.headers.map((line) => line.split(/: (.*)/s).slice(0, 2));
    assert.equal(response.status, Number(status));
    assert.deepEqual(comparable(response.headers), comparable(headers));
    assert.equal(masked(response.text), masked(expected.text));
  }

  // Requests that stand alone: without a session, and answered by the endpoint.
  function replayAll(server, file, skipped) {
    for (const { name, description, request, response } of named(file, "http/")) {
      if (skipped.has(name) || /sid=/.test(request) || !response.headers || !("text" in response)) {
        continue;
      }
      test(`${file} ${name}: ${description}`, async () => {
        assertResponse(await exchange(server.port, request), response);
      });
    }
  }

  describeServer("protocol 4", { mode: "app" }, (server) => {
    const otherFlags = [
      "http/cors-cookie-handshake", "http/cors-preflight", "http/forbidden", "http/handshake-no-upgrades",
    ];
    const foreign = ["http/other-path", "http/path-without-slash"]; // the capture's own 404
    const upgrades = named("engineio_v4", "http/upgrade-").map(({ name }) => name);
    const elsewhere = ["http/invalid-origin", "http/client-js-head"]; // verification, bundle
    replayAll(server, "engineio_v4", new Set([...otherFlags, ...foreign, ...upgrades, ...elsewhere]));

    // Pairs of a POST and the poll behind it, each on a session of its own.
    for (const vector of named("engineio_v4", "http/post-")) {
      const poll = named("engineio_v4", `http/poll-after-${vector.name.slice(5)}`)[0];
      if (poll === undefined || vector.name === "http/post-bad-json") {
        continue;
      }
      test(`engineio_v4 ${vector.name}: ${vector.description}, and the poll behind it`, async () => {
        const session = await openPolling(server.port);
        const body = vector.request.split("\n\n")[1];
        assertResponse(await session.post(body), vector.response);
        if (poll.response.none) {
          await assert.rejects(session.get({ deadline: 400 }));
        } else {
          assertResponse(await session.get(), poll.response);
        }
      });
    }

    for (const { name, description, request, response } of named("engineio_v4", "http/")) {
      if (!["http/delete-on-session", "http/protocol-mismatch", "http/transport-mismatch"].includes(name)) {
        continue;
      }
      test(`engineio_v4 ${name}: ${description}`, async () => {
        const { sid } = await openPolling(server.port);
        assertResponse(await exchange(server.port, request.replace(/sid=[\w-]+/, `sid=${sid}`)), response);
      });
    }

    for (const { name, description, request, response } of named("engineio_v4", "http/upgrade-")) {
      const later101 = ["http/upgrade-polling", "http/upgrade-eio3-refused"]; // refused before it by ours
      if (later101.includes(name)) {
        continue;
      }
      test(`engineio_v4 ${name}: ${description}`, async () => {
        const connection = await RawSocket.connect(server.port);
        connection.send(request.replaceAll("\n", "\r\n"));
        const head = await connection.readHead();
        const expected = Buffer.from(response.bytes, "hex");
        const body = await connection.readBytes(expected.length);
        assertResponse({ ...head, text: body.toString("latin1") }, { ...response, text: expected.toString("latin1") });
        connection.destroy();
      });
    }
  });

  describeServer("CORS, cookie, heartbeat and limit", {
    mode: "app",
    corsOrigin: "https://example.com",
    corsCredentials: true,
    cookie: "io",
    pingInterval: 300,
    pingTimeout: 200,
    maxPayload: 100,
  }, (server) => {
    const vector = (name) => named("engineio_v4", name)[0];

    for (const name of ["http/cors-cookie-handshake", "http/cors-preflight"]) {
      test(`engineio_v4 ${name}: ${vector(name).description}`, async () => {
        assertResponse(await exchange(server.port, vector(name).request), vector(name).response);
      });
    }

    test("engineio_v4 http/payload-too-large, http/poll-ping, http/ping-timeout", async () => {
      const session = await openPolling(server.port);
      const tooLarge = vector("http/payload-too-large");
      assertResponse(await session.post(tooLarge.request.split("\n\n")[1]), tooLarge.response);
      assertResponse(await session.get(), vector("http/poll-ping").response);
      await session.get();
      assertResponse(await session.get(), vector("http/ping-timeout").response);
    });
  });

  describeServer("protocol 3", { mode: "app", allowEio3: true }, (server) => {
    replayAll(server, "engineio_v3", new Set());

    for (const { name, description, request, response } of named("engineio_v3", "http/")) {
      if (!["http/bad-payload", "http/xhr2-post-ping"].includes(name)) {
        continue;
      }
      test(`engineio_v3 ${name}: ${description}`, async () => {
        const session = await openEio3(server.port);
        assert.equal(await session.next(), "40");
        assertResponse(await session.post(request.split("\n\n")[1]), response);
        const isBad = name === "http/bad-payload";
        const [poll] = named("engineio_v3", isBad ? "http/poll-after-bad-payload" : "http/xhr2-poll-pong");
        assertResponse(await session.get(), poll.response);
      });
    }

    for (const style of ["xhr2", "b64", "jsonp", "no-eio"]) {
      test(`engineio_v3 http/${style}-*: handshake, implicit CONNECT, ping, close`, async () => {
        let sid = "";
        for (const step of ["handshake", "poll-1", "post-ping", "poll-pong", "post-close", "poll-closed"]) {
          const [{ request, response }] = named("engineio_v3", `http/${style}-${step}`);
          const answer = await exchange(server.port, request.replace(/sid=[\w-]+/, `sid=${sid}`));
          assertResponse(answer, response);
          sid ||= /"sid\\?":\\?"([\w-]+)/.exec(answer.text)[1];
        }
      });
    }
  });
});

// A replay of frames: client frames are sent, server frames must come in this order.
class Replay {
  constructor(ws) {
    this.ws = ws;
  }

  static frame(step) {
    const kind = step.type ?? step.frame;
    if (kind === "close") {
      return { kind, code: step.code };
    }
    const data = step.bytes !== undefined ? Buffer.from(step.bytes, "hex") : Buffer.from(step.text);
    return { kind, data };
  }

  send(step) {
    const { kind, data } = step.fragments ? { kind: "fragments" } : Replay.frame(step);
    if (kind === "fragments") {
      const last = step.fragments.length - 1;
      step.fragments.forEach((payload, i) => {
        const opcode = i === 0 ? Opcode.text : Opcode.continuation;
        this.ws.sendFrame({ opcode, payload, fin: i === last });
      });
      return;
    }
    const opcode = { text: Opcode.text, binary: Opcode.binary, "websocket ping": Opcode.ping }[kind];
    this.ws.sendFrame({ opcode, payload: data });
  }

  async expect(step, translate) {
    const expected = Replay.frame(step);
    const frame = await this.#nextThatCounts();
    if (expected.kind === "close") {
      assert.equal(frame.opcode, Opcode.close, frame.text);
      assert.equal(frame.data.length >= 2 ? frame.data.readUInt16BE(0) : 1005, expected.code);
      return;
    }
    const opcode = { text: Opcode.text, binary: Opcode.binary, "websocket pong": Opcode.pong }[expected.kind];
    assert.equal(frame.opcode, opcode, frame.text);
    const comparable = (data) => masked(data.toString(opcode === Opcode.text ? "utf8" : "latin1"));
    assert.equal(comparable(frame.data), comparable(Buffer.from(translate(expected.data, opcode))));
  }

  // The application tells of undecodable packets when it has an error handler; the captures did not.
  async #nextThatCounts() {
    for (;;) {
      const frame = await this.ws.next();
      if (!/^42["[]+middlewareError/.test(frame.text)) {
        return frame;
      }
    }
  }
}

async function replay(port, query, steps, { fromServer = (data) => data, fromClient = (step) => [step] } = {}) {
  const ws = await RawWebSocket.open(port, `/socket.io/?${query}`);
  const player = new Replay(ws);
  for (const step of steps) {
    if (step.dir === "c2s") {
      fromClient(step).forEach((sent) => player.send(sent));
    } else {
      await player.expect(step, fromServer);
    }
  }
  ws.destroy();
}

// The events of the captured application in the words of mode "app", and its answers.
function clientStep(step) {
  const text = step.fragments?.join("") ?? step.text;
  if (text === undefined) {
    return [step];
  }
  const said = (words) => [
    step.fragments
      ? { dir: "c2s", type: "text", fragments: [words.slice(0, 20), words.slice(20)] }
      : { dir: "c2s", type: "text", text: words },
  ];
  const event = /^(4[25](?:\d+-)?)\["(echo|hi|dc|askack|ack|acktwice)"(.*)\]$/s.exec(text);
  const asked = /^(4[25](?:\d+-)?\d+)\["(ack|acktwice)"(.*)\]$/s.exec(text);
  if (asked) {
    return said(`${asked[1]}["${asked[2] === "ack" ? "echo" : "ackTwice"}"${asked[3]}]`);
  }
  switch (event?.[2]) {
    case "echo":
      return said(`${event[1]}["emitBack","echo"${event[3]}]`);
    case "dc":
      return said(`42["kickMe"${event[3]}]`);
    case "hi": {
      const [yo] = said('451-["emitBack","yo",{"_placeholder":true,"num":0}]');
      return [yo, { dir: "c2s", type: "text", text: "bAQI=" }];
    }
    default:
      return said(text.replace('{"token":"ok"}', '{"token":"secret"}').replace("token=ok", "token=secret"));
  }
}

function serverData(data, opcode) {
  return opcode !== Opcode.text
    ? data
    : data
        .toString("utf8")
        .replace(/^(42\/auth,)\["welcome".*$/s, '$1["welcome",{"user":"judge"}]')
        .replace(/^(44\/auth,)\{"message":"not authorized".*$/s, '$1{"message":"unauthorized","data":{"code":401}}')
        .replace(/^(44\/auth,)(?:"not authorized"|\{"content".*)$/s, '$1{"code":401}')
        .replace('42/dyn-42,["nsp","/dyn-42"]', '42/dyn-42,["hello",{"nsp":"/dyn-42"}]')
        .replace("token=ok", "token=secret")
        .replace("431[1]", '431["first"]');
}

describe("WebSocket vectors of Engine.IO", () => {
  const translation = { fromServer: serverData, fromClient: clientStep };
  const replayed = (server, file, query, skipped) => {
    for (const { name, description, steps } of named(file, "ws/")) {
      if (!skipped.includes(name) && steps.every(({ via }) => via === undefined)) {
        test(`${file} ${name}: ${description}`, () => replay(server.port, query, steps, translation));
      }
    }
  };

  describeServer("protocol 4", { mode: "app" }, (server) => {
    replayed(server, "engineio_v4", "EIO=4&transport=websocket", [
      "ws/message-too-large", "ws/ping-timeout", "ws/connect-timeout", // other flags, below
      "ws/forbidden", // allowRequest is not among the flags
      "ws/close-packet", // "1" is ignored by the reference; closing at once is better
      "ws/upgrade-bad-probe", "ws/upgrade-concurrent", // upgrade.test.js
      "ws/base64-over-websocket", // an event of the captured application
    ]);
  });

  describeServer("protocol 4, limit and heartbeat", {
    mode: "app", pingInterval: 300, pingTimeout: 200, maxPayload: 100,
  }, (server) => {
    for (const name of ["ws/message-too-large", "ws/ping-timeout"]) {
      const [{ description, steps }] = named("engineio_v4", name);
      test(`engineio_v4 ${name}: ${description}`, () => replay(server.port, "EIO=4&transport=websocket", steps));
    }
  });

  describeServer("protocol 4, connect timeout", { mode: "app", connectTimeout: 400 }, (server) => {
    const [{ description, steps }] = named("engineio_v4", "ws/connect-timeout");
    test(`engineio_v4 ws/connect-timeout: ${description}`, () => replay(server.port, "EIO=4&transport=websocket", steps));
  });

  describeServer("protocol 3, ping timeout", {
    mode: "app", allowEio3: true, pingInterval: 200, pingTimeout: 150,
  }, (server) => {
    const [{ description, steps }] = named("engineio_v3", "ws/ping-timeout");
    test(`engineio_v3 ws/ping-timeout: ${description}`, () => replay(server.port, "EIO=3&transport=websocket", steps));
  });

  describeServer("protocol 3", { mode: "app", allowEio3: true }, (server) => {
    const [{ description, steps }] = named("engineio_v3", "ws/pong-from-client");
    test(`engineio_v3 ws/pong-from-client: ${description}`, () => replay(server.port, "EIO=3&transport=websocket", steps));
  });
});

describe("sessions of Socket.IO", () => {
  // Sessions that need handlers or clients that mode "app" does not have, and flags of other blocks.
  const OTHER_APPLICATION = [
    "session/connect-auth", "session/types", "session/ack-from-server-binary", "session/ack-from-client",
    "session/ack-from-client-binary", "session/ack-timeout", "session/middleware-error-data",
    "session/middleware-error-then-connect-timeout", "session/silent-middleware", "session/io-close",
    "session/error-event-name", "session/v4-connect", "session/v4-ack-and-binary",
    "session/v4-middleware-error-data",
  ];
  const isReplayable = ({ name }) =>
    !OTHER_APPLICATION.includes(name) && !/official|recovery/.test(name);

  for (const [title, flags, protocol, query] of [
    ["protocol 5", { mode: "app" }, 5, "EIO=4&transport=websocket"],
    ["protocol 4", { mode: "app", allowEio3: true }, 4, "EIO=3&transport=websocket"],
  ]) {
    describeServer(title, flags, (server) => {
      const sessions = named("socketio_v5", "session/").filter((vector) => vector.protocol === protocol);
      for (const { name, description, open, steps } of sessions.filter(isReplayable)) {
        test(`socketio_v5 ${name}: ${description}`, () =>
          replay(server.port, query, [{ dir: "s2c", type: "text", text: open }, ...steps], {
            fromServer: serverData,
            fromClient: name === "session/reconnect-namespace" ? paused : clientStep,
          }));
      }
    });
  }

  // The captured client took its time after a DISCONNECT; a CONNECT in the same read is an error. A
  // WebSocket ping would do, but the replay has no room for its pong: a noop of 20 kB makes two reads.
  function paused(step) {
    const padding = { dir: "c2s", type: "text", text: `6${" ".repeat(200_000)}` };
    return step.text === "40" ? [padding, step] : [step];
  }

  describeServer("recovery", { mode: "app", recovery: 5000 }, (server) => {
    for (const { name, description, open, steps } of named("socketio_v5", "session/recovery-")) {
      if (!["session/recovery-unknown-offset", "session/recovery-unknown-pid", "session/recovery-bad-types"].includes(name)) {
        continue;
      }
      test(`socketio_v5 ${name}: ${description}`, () =>
        replay(server.port, "EIO=4&transport=websocket", [{ dir: "s2c", type: "text", text: open }, ...steps]));
    }
  });
});

describe("packets of Socket.IO, decoded by a server", () => {
  // Accepted by the reference because counts and ids go through Number(): a strict reader refuses them.
  const LOOSE = new RegExp(
    "count-(1\\.0|space|hex|1e0)$|event-id-(space|400-digits|20-digits|then-space)|" +
      "space-before-json|newline-before-json|^decode/(empty|space)$",
  );
  // Decoded with options, or from other kinds of values; or what matters is not seen from outside.
  const NOT_HERE = /option-|non-string|num-float|connect-trailing-space|type-10$|connect-number$|connect-error-number/;

  describeServer("protocol 5", { mode: "app" }, (server) => {
    for (const { name, frames, throws, decoded, protocol } of named("socketio_v5", "decode/")) {
      if (protocol !== 5 || LOOSE.test(name) || NOT_HERE.test(name)) {
        continue;
      }
      // Events of "/" are all that can follow a CONNECT without closing the connection anyway.
      const harmless = decoded.every(({ type, nsp }) => nsp === "/" && [2, 3].includes(type));
      if (!throws && (!harmless || decoded.length === 0)) {
        continue;
      }
      test(`socketio_v5 ${name}: ${throws ?? "accepted"}`, async () => {
        const session = await openWebSocket(server.port);
        await session.join();
        for (const frame of frames) {
          await session.send(frame.text === undefined ? Buffer.from(frame.bytes, "hex") : `4${frame.text}`);
        }
        if (throws) {
          assert.equal((await session.ws.waitClose()).code, 1005);
        } else {
          await assertAnswers(session);
        }
        session.ws.destroy();
      });
    }
  });

  describeServer("msgpack", { mode: "app", parser: "msgpack" }, (server) => {
    const CONNECT = Buffer.from("82a47479706500a36e7370a12f", "hex");
    const ECHO = Buffer.from("84a2696407a47479706502a46461746191a46563686fa36e7370a12f", "hex");
    const ECHOED = "84a2696407a47479706503a46461746190a36e7370a12f";

    for (const { name, bytes, text, throws, decoded } of named("socketio_msgpack", "decode/")) {
      const misplaced = decoded.some(({ type, nsp }) => ![2, 3].includes(type) || nsp !== "/");
      const message = bytes === undefined ? text : Buffer.from(bytes, "hex");
      test(`socketio_msgpack ${name}: ${throws ?? "accepted"}`, async () => {
        const session = await openWebSocket(server.port);
        await session.send(CONNECT);
        assert.equal((await session.ws.next()).opcode, Opcode.binary);
        await session.send(message);
        if (throws || (misplaced && decoded[0]?.type !== 1)) {
          assert.equal((await session.ws.waitClose()).code, 1005);
        } else if (!misplaced) {
          await session.send(ECHO);
          assert.equal((await session.ws.next()).data.toString("hex"), ECHOED);
        }
        session.ws.destroy();
      });
    }

    for (const { name, description, steps } of named("socketio_msgpack", "session/raw-")) {
      test(`socketio_msgpack ${name}: ${description}`, async () => {
        const { ws } = await openWebSocket(server.port);
        const player = new Replay(ws);
        for (const step of steps.filter(({ bytes }) => !bytes?.includes("6563686f"))) {
          step.dir === "c2s" ? player.send(step) : await player.expect(step, (data) => data);
        }
        ws.destroy();
      });
    }

    test("socketio_msgpack session/websocket: CONNECT and its answer", async () => {
      const [{ steps }] = named("socketio_msgpack", "session/websocket");
      const { ws } = await openWebSocket(server.port);
      const player = new Replay(ws);
      player.send(steps[0]);
      await within(5000, "CONNECT answer", player.expect(steps[1], (data) => data));
      ws.destroy();
    });
  });
});
