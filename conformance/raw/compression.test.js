// Compression of polling responses, and permessage-deflate on WebSocket.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { gunzipSync, inflateSync } from "node:zlib";
import { openPolling, openWebSocket } from "../support/engine.js";
import { Opcode, RawWebSocket, request } from "../support/raw.js";
import { Deflater, Inflater } from "../support/deflate.js";
import { assertClosedQuietly, describeServer, refusedUpgrade } from "../support/block.js";

const PATH = "/engine.io/";
const THRESHOLD = 1024;

describeServer("--http-compression on", { mode: "eio", httpCompression: true }, (server) => {
  // The response to a poll that returns `packet`.
  async function polled(packet, headers) {
    const session = await openPolling(server.port, { path: PATH });
    await session.send(packet);
    return session.get({ headers });
  }
  const ofSize = (size) => `4${"x".repeat(size - 1)}`;

  function assertPlain(response, packet) {
    assert.equal(response.header("content-encoding"), undefined);
    assert.equal(response.text, packet);
  }

  function assertCompressed(response, packet, encoding) {
    assert.equal(response.header("content-encoding"), encoding);
    assert.equal(response.header("content-type"), "text/plain; charset=UTF-8");
    assert.equal(response.header("cache-control"), "no-store");
    const decompress = encoding === "gzip" ? gunzipSync : inflateSync;
    assert.equal(decompress(response.body).toString("utf8"), packet);
    assert.ok(response.body.length < packet.length);
  }

  test("a payload of 1023 bytes is sent as it is", async () => {
    const packet = ofSize(THRESHOLD - 1);
    assertPlain(await polled(packet, { "Accept-Encoding": "gzip" }), packet);
  });

  test("a payload of 1024 bytes is compressed", async () => {
    const packet = ofSize(THRESHOLD);
    assertCompressed(await polled(packet, { "Accept-Encoding": "gzip" }), packet, "gzip");
  });

  test("the threshold counts bytes, not characters", async () => {
    const packet = `4${"\u20ac".repeat(341)}`; // 342 characters, 1024 bytes
    assertCompressed(await polled(packet, { "Accept-Encoding": "gzip" }), packet, "gzip");
  });

  test("the threshold is that of the whole payload", async () => {
    const session = await openPolling(server.port, { path: PATH });
    const packets = [ofSize(600), ofSize(600)];
    await session.send(...packets);
    const response = await session.get({ headers: { "Accept-Encoding": "gzip" } });
    assertCompressed(response, packets.join("\x1e"), "gzip");
  });

  for (const [accepted, encoding] of [
    ["gzip", "gzip"],
    ["deflate", "deflate"],
    ["gzip, deflate", "gzip"],
    ["deflate, gzip", "deflate"],
    ["gzip, deflate, br, zstd", "gzip"],
    ["gzip;q=0.5, deflate;q=0.8", "deflate"],
    ["gzip;q=0.8, deflate;q=0.5", "gzip"],
    ["gzip;q=0, deflate", "deflate"],
    ["GZIP", "gzip"],
    ["*", "gzip"],
    ["identity;q=0.1, gzip;q=0.2", "gzip"],
    ["gzip;q=0.001", "gzip"],
    ["br", null],
    ["identity", null],
    ["gzip;q=0", null],
    ["x-gzip", null],
    ["", null],
  ]) {
    test(`Accept-Encoding "${accepted}": ${encoding ?? "none"}`, async () => {
      const packet = ofSize(5000);
      const response = await polled(packet, { "Accept-Encoding": accepted });
      if (encoding === null) {
        assertPlain(response, packet);
      } else {
        assertCompressed(response, packet, encoding);
      }
    });
  }

  test("without Accept-Encoding nothing is compressed", async () => {
    const packet = ofSize(5000);
    assertPlain(await polled(packet), packet);
  });

  test("a handshake, a post and an error are not compressed", async () => {
    const headers = { "Accept-Encoding": "gzip" };
    const session = await openPolling(server.port, { path: PATH, headers });
    assert.equal(session.response.header("content-encoding"), undefined);
    const post = await session.post(ofSize(5000), { headers });
    assert.deepEqual([post.header("content-encoding"), post.text], [undefined, "ok"]);
    const error = await request(server.port, { path: `${PATH}?EIO=4`, headers });
    assert.equal(error.header("content-encoding"), undefined);
  });

  test("a large payload is compressed whole", async () => {
    const packet = `4${Array.from({ length: 50_000 }, (_, i) => i * 7919).join()}`;
    assertCompressed(await polled(packet, { "Accept-Encoding": "deflate" }), packet, "deflate");
  });

  test("binary packets are compressed in their base64 form", async () => {
    const packet = `b${Buffer.alloc(3000).toString("base64")}`;
    assertCompressed(await polled(packet, { "Accept-Encoding": "gzip" }), packet, "gzip");
  });
});

describeServer("--http-compression off", { mode: "eio", httpCompression: false }, (server) => {
  test("nothing is compressed", async () => {
    const session = await openPolling(server.port, { path: PATH });
    await session.send(`4${"x".repeat(5000)}`);
    const response = await session.get({ headers: { "Accept-Encoding": "gzip" } });
    assert.equal(response.header("content-encoding"), undefined);
    assert.equal(response.body.length, 5001);
  });
});

const COMPRESSED = 4; // RSV1
const DEFLATE_FLAGS = { mode: "eio", perMessageDeflate: true, maxPayload: 100_000 };

describeServer("--per-message-deflate on", DEFLATE_FLAGS, (server) => {
  const target = `${PATH}?EIO=4&transport=websocket`;
  const offer = (extensions) =>
    RawWebSocket.open(server.port, target, { "Sec-WebSocket-Extensions": extensions });
  const answer = (ws) => ws.response.header("sec-websocket-extensions");

  // An open connection and the two compression contexts that go with it.
  async function negotiated(extensions = "permessage-deflate", windowBits = 15) {
    const ws = await offer(extensions);
    const connection = { ws, deflater: new Deflater(), inflater: new Inflater(windowBits) };
    assert.match(await receive(connection), /^0\{"sid"/);
    return connection;
  }

  async function receive({ ws, inflater }) {
    const message = await ws.next();
    assert.ok([Opcode.text, Opcode.binary].includes(message.opcode), `opcode ${message.opcode}`);
    return (message.rsv === COMPRESSED ? await inflater.message(message.data) : message.data).toString("utf8");
  }

  async function send({ ws, deflater }, text) {
    ws.sendFrame({ opcode: Opcode.text, rsv: COMPRESSED, payload: await deflater.message(text) });
  }

  describe("negotiation", { concurrency: true }, () => {
    test("an offer is accepted, and the open packet is compressed", async () => {
      const ws = await offer("permessage-deflate");
      assert.equal(answer(ws), "permessage-deflate");
      const frame = await ws.nextFrame();
      assert.equal(frame.rsv, COMPRESSED);
      assert.match((await new Inflater().message(frame.data)).toString(), /^0\{"sid"/);
      ws.destroy();
    });

    test("without an offer nothing is compressed", async () => {
      const { ws } = await openWebSocket(server.port, { path: PATH });
      assert.equal(answer(ws), undefined);
      ws.sendText(`4${"x".repeat(5000)}`);
      const echo = await ws.nextFrame();
      assert.deepEqual([echo.rsv, echo.data.length], [0, 5001]);
      ws.destroy();
    });

    test("the offer of browsers is accepted", async () => {
      const connection = await negotiated("permessage-deflate; client_max_window_bits");
      assert.match(answer(connection.ws), /^permessage-deflate/);
      await send(connection, "4hello");
      assert.equal(await receive(connection), "4hello");
      connection.ws.destroy();
    });

    for (const parameter of ["server_no_context_takeover", "client_no_context_takeover"]) {
      test(`${parameter} is confirmed`, async () => {
        const ws = await offer(`permessage-deflate; ${parameter}`);
        assert.ok(answer(ws).split(/ *; */).includes(parameter), answer(ws));
        ws.destroy();
      });
    }

    test("server_max_window_bits is kept to", async () => {
      const connection = await negotiated("permessage-deflate; server_max_window_bits=10", 10);
      assert.ok(answer(connection.ws).split(/ *; */).includes("server_max_window_bits=10"));
      const text = `4${Array.from({ length: 2000 }, (_, i) => i * 31).join()}`;
      await send(connection, text);
      assert.equal(await receive(connection), text);
      connection.ws.destroy();
    });

    test("an unknown extension is ignored", async () => {
      const ws = await offer("x-webkit-deflate-frame, foo; bar=1");
      assert.equal(answer(ws), undefined);
      ws.destroy();
    });

    test("the first acceptable offer is taken", async () => {
      const ws = await offer("foo, permessage-deflate; server_no_context_takeover, permessage-deflate");
      assert.equal(answer(ws), "permessage-deflate; server_no_context_takeover");
      ws.destroy();
    });

    for (const extensions of [
      "permessage-deflate; unknown_parameter",
      "permessage-deflate; server_max_window_bits=7",
      "permessage-deflate; server_max_window_bits=16",
      "permessage-deflate; server_no_context_takeover=1",
      "permessage-deflate; client_max_window_bits=abc",
      "permessage-deflate;;",
      "permessage-deflate; =",
    ]) {
      test(`"${extensions}" is refused or not negotiated`, async () => {
        let response;
        try {
          const ws = await offer(extensions);
          response = ws.response;
          ws.destroy();
        } catch {
          response = await refusedUpgrade(server.port, target, { "Sec-WebSocket-Extensions": extensions });
          assert.equal(response.status, 400);
        }
        assert.equal(response.header("sec-websocket-extensions"), undefined);
      });
    }

    test("a session that upgrades may negotiate as well", async () => {
      const session = await openPolling(server.port, { path: PATH });
      const path = session.target.replace("transport=polling", "transport=websocket");
      const ws = await RawWebSocket.open(server.port, path, { "Sec-WebSocket-Extensions": "permessage-deflate" });
      assert.equal(answer(ws), "permessage-deflate");
      ws.destroy();
    });
  });

  describe("messages", { concurrency: true }, () => {
    test("compressed messages in both directions share their contexts", async () => {
      const connection = await negotiated();
      for (const text of ["4hello", "4hello", "4hello hello hello", "4", `4${"y".repeat(50_000)}`, "4hello"]) {
        await send(connection, text);
        assert.equal(await receive(connection), text);
      }
      connection.ws.destroy();
    });

    test("uncompressed messages may be mixed in", async () => {
      const connection = await negotiated();
      connection.ws.sendText("4plain");
      assert.equal(await receive(connection), "4plain");
      await send(connection, "4compressed");
      assert.equal(await receive(connection), "4compressed");
      connection.ws.destroy();
    });

    test("without context takeover every message stands alone", async () => {
      const ws = await offer("permessage-deflate; server_no_context_takeover; client_no_context_takeover");
      const receiveAlone = async () => receive({ ws, inflater: new Inflater() });
      assert.match(await receiveAlone(), /^0\{"sid"/);
      for (const text of ["4one", `4${"two".repeat(1000)}`, `4${"two".repeat(1000)}`]) {
        await send({ ws, deflater: new Deflater() }, text);
        assert.equal(await receiveAlone(), text);
      }
      ws.destroy();
    });

    test("only the first fragment of a message carries RSV1", async () => {
      const connection = await negotiated();
      const data = await connection.deflater.message("4in three parts");
      const { ws } = connection;
      ws.sendFrame({ fin: false, opcode: Opcode.text, rsv: COMPRESSED, payload: data.subarray(0, 3) });
      ws.sendFrame({ opcode: Opcode.ping, payload: "between" });
      ws.sendFrame({ fin: false, opcode: Opcode.continuation, payload: data.subarray(3, 6) });
      ws.sendFrame({ opcode: Opcode.continuation, payload: data.subarray(6) });
      const pong = await ws.next();
      assert.deepEqual([pong.opcode, pong.rsv, pong.text], [Opcode.pong, 0, "between"]);
      assert.equal(await receive(connection), "4in three parts");
      ws.destroy();
    });

    test("binary messages are compressed too", async () => {
      const connection = await negotiated();
      const payload = await connection.deflater.message(Buffer.alloc(3000, 7));
      connection.ws.sendFrame({ opcode: Opcode.binary, rsv: COMPRESSED, payload });
      const message = await connection.ws.next();
      assert.equal(message.opcode, Opcode.binary);
      assert.equal(message.rsv, COMPRESSED);
      assert.deepEqual(await connection.inflater.message(message.data), Buffer.alloc(3000, 7));
      connection.ws.destroy();
    });

    test("a message that inflates to exactly the limit is accepted", async () => {
      const connection = await negotiated();
      const text = `4${"z".repeat(99_999)}`;
      await send(connection, text);
      assert.equal(await receive(connection), text);
      connection.ws.destroy();
    });
  });

  describe("violations", { concurrency: true }, () => {
    async function assertCloses(code, frame) {
      const { ws } = await negotiated();
      ws.sendFrame(frame);
      assert.equal((await ws.waitClose()).code, code);
      ws.destroy();
    }

    test("one byte more than the limit after inflation: 1009", async () => {
      const payload = await new Deflater().message(`4${"z".repeat(100_000)}`);
      assert.ok(payload.length < 1000);
      await assertCloses(1009, { opcode: Opcode.text, rsv: COMPRESSED, payload });
    });

    test("data that is not deflated: 1007", async () => {
      const payload = Buffer.from("ffffffffffff", "hex");
      await assertCloses(1007, { opcode: Opcode.text, rsv: COMPRESSED, payload });
    });

    test("invalid UTF-8 after inflation: 1007", async () => {
      const payload = await new Deflater().message(Buffer.from([0x34, 0xff, 0xfe]));
      await assertCloses(1007, { opcode: Opcode.text, rsv: COMPRESSED, payload });
    });

    test("a compressed control frame: 1002", async () => {
      await assertCloses(1002, { opcode: Opcode.ping, rsv: COMPRESSED, payload: "x" });
    });

    for (const rsv of [2, 1, 6, 5, 7]) {
      test(`reserved bits ${rsv.toString(2).padStart(3, "0")}: 1002`, async () => {
        await assertCloses(1002, { opcode: Opcode.text, rsv, payload: "4x" });
      });
    }

    test("RSV1 on a continuation: 1002", async () => {
      const { ws } = await negotiated();
      ws.sendFrame({ fin: false, opcode: Opcode.text, payload: "4a" });
      ws.sendFrame({ opcode: Opcode.continuation, rsv: COMPRESSED, payload: "b" });
      assert.equal((await ws.waitClose()).code, 1002);
      ws.destroy();
    });

    test("RSV1 without negotiation: 1002", async () => {
      const { ws } = await openWebSocket(server.port, { path: PATH });
      ws.sendFrame({ opcode: Opcode.text, rsv: COMPRESSED, payload: await new Deflater().message("4a") });
      assert.equal((await ws.waitClose()).code, 1002);
      ws.destroy();
    });

    test("a bad Engine.IO packet in a compressed message", async () => {
      const connection = await negotiated();
      await send(connection, "9");
      await assertClosedQuietly(connection.ws);
      connection.ws.destroy();
    });
  });
});
