// RFC 6455 as the server's WebSocket transport keeps to it.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { openWebSocket } from "../support/engine.js";
import { Opcode, formatFrame } from "../support/raw.js";
import { assertClosedQuietly, describeServer } from "../support/block.js";

const PATH = "/engine.io/";
const MAX_PAYLOAD = 1000;

function framing(server) {
  const open = async () => (await openWebSocket(server.port, { path: PATH })).ws;

  // Sends frames (or bytes) on a new connection and expects a close frame with this code.
  async function assertCloses(code, ...frames) {
    const ws = await open();
    for (const frame of frames) {
      Buffer.isBuffer(frame) ? ws.socket.send(frame) : ws.sendFrame(frame);
    }
    assert.equal((await ws.waitClose()).code, code);
    ws.destroy();
  }

  async function assertEcho(ws, text) {
    ws.sendText(text);
    assert.equal(await ws.nextText(), text);
  }

  return { open, assertCloses, assertEcho };
}

describeServer("WebSocket frames", { mode: "eio", maxPayload: MAX_PAYLOAD }, (server) => {
  const { open, assertCloses, assertEcho } = framing(server);

  describe("messages", { concurrency: true }, () => {
    test("text and binary come back as they were", async () => {
      const ws = await open();
      await assertEcho(ws, "4h\u00e9llo \u20ac\u{1f600}");
      await assertEcho(ws, "4");
      ws.sendBinary([0, 255, 1]);
      const { opcode, data } = await ws.next();
      assert.deepEqual([opcode, [...data]], [Opcode.binary, [0, 255, 1]]);
      ws.destroy();
    });

    test("an empty binary message is a message", async () => {
      const ws = await open();
      ws.sendBinary([]);
      const { opcode, data } = await ws.next();
      assert.deepEqual([opcode, data.length], [Opcode.binary, 0]);
      ws.destroy();
    });

    test("base64 in a text message is binary", async () => {
      const ws = await open();
      ws.sendText("bAQID");
      const { opcode, data } = await ws.next();
      assert.deepEqual([opcode, [...data]], [Opcode.binary, [1, 2, 3]]);
      ws.destroy();
    });

    for (const length of [1, 124, 125, 126, 127, 128, 999]) {
      test(`${length} bytes`, async () => {
        const ws = await open();
        const payload = Buffer.alloc(length, 7);
        ws.sendBinary(payload);
        assert.deepEqual((await ws.next()).data, payload);
        ws.destroy();
      });
    }

    test("server frames use the shortest form of the length", async () => {
      const ws = await open();
      for (const [length, head] of [[125, "827d"], [126, "827e007e"], [999, "827e03e7"]]) {
        ws.sendBinary(Buffer.alloc(length));
        const bytes = await ws.socket.readBytes(head.length / 2 + length);
        assert.equal(bytes.subarray(0, head.length / 2).toString("hex"), head);
      }
      ws.destroy();
    });

    test("lengths may be written longer than they need be", async () => {
      const ws = await open();
      ws.socket.send(Buffer.from("81fe000200000000" + "3461", "hex"));
      assert.equal(await ws.nextText(), "4a");
      ws.socket.send(Buffer.from("81ff000000000000000200000000" + "3462", "hex"));
      assert.equal(await ws.nextText(), "4b");
      ws.destroy();
    });

    test("a mask of zeros is a mask", async () => {
      const ws = await open();
      ws.socket.send(Buffer.from("81820000000034 61".replaceAll(" ", ""), "hex"));
      assert.equal(await ws.nextText(), "4a");
      ws.destroy();
    });

    test("many frames in one segment keep their order", async () => {
      const ws = await open();
      const texts = Array.from({ length: 200 }, (_, i) => `4${i}`);
      ws.socket.send(Buffer.concat(texts.map((text) => formatFrame({ opcode: Opcode.text, payload: text }))));
      for (const text of texts) {
        assert.equal(await ws.nextText(), text);
      }
      ws.destroy();
    });

    test("a frame that comes byte by byte is put together", async () => {
      const ws = await open();
      for (const byte of formatFrame({ opcode: Opcode.text, payload: `4${"x".repeat(200)}` })) {
        ws.socket.send(Buffer.from([byte]));
        await new Promise(setImmediate);
      }
      assert.equal(await ws.nextText(), `4${"x".repeat(200)}`);
      ws.destroy();
    });

    for (const packet of ["0", "0{}", "3", "5", "6", "3probe"]) {
      test(`the packet "${packet}" is ignored`, async () => {
        const ws = await open();
        ws.sendText(packet);
        await assertEcho(ws, "4still here");
        ws.destroy();
      });
    }

    for (const packet of ["", "9", "x", " 4", "2", "2probe", "-1", "{}", "\u0664"]) {
      test(`the packet "${packet}" closes the connection`, async () => {
        const ws = await open();
        ws.sendText(packet);
        await assertClosedQuietly(ws);
        ws.destroy();
      });
    }
  });

  describe("fragments", { concurrency: true }, () => {
    const text = (payload, fin) => ({ opcode: Opcode.text, payload, fin });
    const more = (payload, fin) => ({ opcode: Opcode.continuation, payload, fin });

    async function assertMessage(expected, ...frames) {
      const ws = await open();
      frames.forEach((frame) => ws.sendFrame(frame));
      assert.equal(await ws.nextText(), expected);
      ws.destroy();
    }

    test("two", () => assertMessage("4ab", text("4a", false), more("b", true)));
    test("many", () =>
      assertMessage(`4${"ab".repeat(100)}`, text("4", false), ...Array(100).fill(more("ab", false)), more("", true)));
    test("empty ones", () =>
      assertMessage("4a", text("", false), more("", false), more("4a", false), more("", true)));
    test("a single empty first fragment", () => assertMessage("4a", text("", false), more("4a", true)));

    test("binary", async () => {
      const ws = await open();
      ws.sendFrame({ opcode: Opcode.binary, payload: [1, 2], fin: false });
      ws.sendFrame(more([3], true));
      const { opcode, data } = await ws.next();
      assert.deepEqual([opcode, [...data]], [Opcode.binary, [1, 2, 3]]);
      ws.destroy();
    });

    test("control frames in between are handled at once", async () => {
      const ws = await open();
      ws.sendFrame(text("4a", false));
      ws.sendFrame({ opcode: Opcode.ping, payload: "p" });
      const pong = await ws.next();
      assert.deepEqual([pong.opcode, pong.text], [Opcode.pong, "p"]);
      ws.sendFrame(more("b", true));
      assert.equal(await ws.nextText(), "4ab");
      ws.destroy();
    });

    test("a close in between closes", async () => {
      const ws = await open();
      ws.sendFrame(text("4a", false));
      ws.sendClose(1000);
      assert.equal((await ws.waitClose()).code, 1000);
      ws.destroy();
    });

    test("a character may be split", async () => {
      const bytes = Buffer.from("4\u{1f600}\u20ac");
      await assertMessage(
        "4\u{1f600}\u20ac",
        text(bytes.subarray(0, 1), false),
        ...[...bytes.subarray(1)].map((byte) => more([byte], false)),
        more("", true),
      );
    });

    test("a continuation without a beginning: 1002", () => assertCloses(1002, more("a", true)));
    test("a beginning within a message: 1002", () => assertCloses(1002, text("4a", false), text("4b", true)));
    test("a binary frame within a text message: 1002", () =>
      assertCloses(1002, text("4a", false), { opcode: Opcode.binary, payload: "x" }));
  });

  describe("the limit", { concurrency: true }, () => {
    const exact = `4${"x".repeat(MAX_PAYLOAD - 1)}`;
    const fragment = (payload, opcode, fin) => ({ payload, opcode, fin });

    test("a message of exactly maxPayload passes", async () => {
      const ws = await open();
      await assertEcho(ws, exact);
      ws.destroy();
    });

    test("exactly maxPayload in fragments passes", async () => {
      const ws = await open();
      ws.sendFrame(fragment(exact.slice(0, 400), Opcode.text, false));
      ws.sendFrame(fragment(exact.slice(400, 900), Opcode.continuation, false));
      ws.sendFrame(fragment(exact.slice(900), Opcode.continuation, true));
      assert.equal(await ws.nextText(), exact);
      ws.destroy();
    });

    test("one byte more: 1009", () => assertCloses(1009, fragment(`${exact}x`, Opcode.text, true)));
    test("one byte more, binary: 1009", () =>
      assertCloses(1009, fragment(Buffer.alloc(MAX_PAYLOAD + 1), Opcode.binary, true)));
    test("one byte more, summed over fragments: 1009", () =>
      assertCloses(
        1009,
        fragment(exact.slice(0, 600), Opcode.text, false),
        fragment("x".repeat(401), Opcode.continuation, true),
      ));

    test("the header alone is enough to refuse: 1009", () =>
      assertCloses(1009, Buffer.from("82fe03e900000000", "hex")));
    test("a length of 2^31: 1009", () => assertCloses(1009, Buffer.from("82ff000000008000000000000000", "hex")));
    test("a length of 2^62: 1009", () => assertCloses(1009, Buffer.from("82ff400000000000000000000000", "hex")));

    test("a length of 2^63 and more is refused", async () => {
      const ws = await open();
      ws.socket.send(Buffer.from("82ffffffffffffffffff00000000", "hex"));
      assert.ok([1002, 1009].includes((await ws.waitClose()).code));
      ws.destroy();
    });

    test("many messages of the limit are no problem", async () => {
      const ws = await open();
      for (let i = 0; i < 20; ++i) {
        await assertEcho(ws, exact);
      }
      ws.destroy();
    });
  });

  describe("control frames", { concurrency: true }, () => {
    for (const [title, payload] of [["empty", ""], ["short", "hello"], ["of 125 bytes", "x".repeat(125)]]) {
      test(`a PING, ${title}, is echoed as PONG`, async () => {
        const ws = await open();
        ws.sendFrame({ opcode: Opcode.ping, payload });
        const pong = await ws.next();
        assert.deepEqual([pong.opcode, pong.fin, pong.text], [Opcode.pong, true, payload]);
        ws.destroy();
      });
    }

    test("a PONG nobody asked for is ignored", async () => {
      const ws = await open();
      ws.sendFrame({ opcode: Opcode.pong, payload: "unasked" });
      await assertEcho(ws, "4still here");
      ws.destroy();
    });

    for (const opcode of [Opcode.close, Opcode.ping, Opcode.pong]) {
      test(`opcode ${opcode} with 126 bytes: 1002`, () =>
        assertCloses(1002, { opcode, payload: Buffer.concat([Buffer.from([3, 232]), Buffer.alloc(124, 97)]) }));
      test(`opcode ${opcode} in fragments: 1002`, () => assertCloses(1002, { opcode, payload: "", fin: false }));
    }
  });

  describe("the close handshake", { concurrency: true }, () => {
    for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000, 4999]) {
      test(`a close with ${code} is answered with the same code, then the connection ends`, async () => {
        const ws = await open();
        ws.sendClose(code);
        assert.equal((await ws.waitClose()).code, code);
        await ws.socket.waitClose();
      });
    }

    test("a close without a code is answered without one", async () => {
      const ws = await open();
      ws.sendClose();
      await assertClosedQuietly(ws);
      await ws.socket.waitClose();
    });

    test("a close with a reason", async () => {
      const ws = await open();
      ws.sendClose(1000, "b\u00fbe");
      assert.equal((await ws.waitClose()).code, 1000);
      ws.destroy();
    });

    test("what comes behind a close is not handled", async () => {
      const ws = await open();
      ws.socket.send(
        Buffer.concat([
          formatFrame({ opcode: Opcode.close, payload: [3, 232] }),
          formatFrame({ opcode: Opcode.text, payload: "4late" }),
        ]),
      );
      const frame = await ws.next();
      assert.equal(frame.opcode, Opcode.close);
      await ws.socket.waitClose();
      assert.equal(ws.socket.buffered.length, 0);
    });

    for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535]) {
      test(`the code ${code} is not for the wire: 1002`, () => {
        const payload = Buffer.alloc(2);
        payload.writeUInt16BE(code);
        return assertCloses(1002, { opcode: Opcode.close, payload });
      });
    }

    test("a code of one byte: 1002", () => assertCloses(1002, { opcode: Opcode.close, payload: [3] }));
    test("a reason that is not UTF-8: 1007", () =>
      assertCloses(1007, { opcode: Opcode.close, payload: [3, 232, 0xff] }));

    test("the peer that just goes away is no problem", async () => {
      const ws = await open();
      ws.socket.reset();
      const other = await open();
      await assertEcho(other, "4still here");
      other.destroy();
    });
  });

  describe("violations: 1002", { concurrency: true }, () => {
    test("a frame that is not masked", () => assertCloses(1002, { opcode: Opcode.text, payload: "4a", mask: false }));
    test("a PING that is not masked", () => assertCloses(1002, { opcode: Opcode.ping, payload: "", mask: false }));
    for (const rsv of [1, 2, 3, 4, 7]) {
      test(`reserved bits ${rsv.toString(2).padStart(3, "0")}`, () =>
        assertCloses(1002, { opcode: Opcode.text, payload: "4a", rsv }));
    }
    for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
      test(`opcode ${opcode}`, () => assertCloses(1002, { opcode, payload: "4a" }));
    }
    test("right after the handshake, without waiting for the open packet", () =>
      assertCloses(1002, Buffer.from("f181000000003400", "hex")));
  });

  describe("UTF-8", { concurrency: true }, () => {
    const bytes = (hex) => Buffer.from(`34${hex}`, "hex");

    for (const [title, hex] of [
      ["the last of one byte", "7f"],
      ["the first of two bytes", "c280"],
      ["the first of three bytes", "e0a080"],
      ["below the surrogates", "ed9fbf"],
      ["above the surrogates", "ee8080"],
      ["a noncharacter", "efbfbf"],
      ["the first of four bytes", "f0908080"],
      ["the last of all", "f48fbfbf"],
      ["NUL", "00"],
    ]) {
      test(`${title} is fine`, async () => {
        const ws = await open();
        ws.sendFrame({ opcode: Opcode.text, payload: bytes(hex) });
        assert.equal((await ws.next()).data.toString("hex"), `34${hex}`);
        ws.destroy();
      });
    }

    for (const [title, hex] of [
      ["ff", "ff"],
      ["a continuation byte alone", "80"],
      ["an overlong slash", "c0af"],
      ["an overlong NUL", "c080"],
      ["overlong with three bytes", "e08080"],
      ["overlong with four bytes", "f0808080"],
      ["a surrogate", "eda080"],
      ["a pair of surrogates", "eda080edb080"],
      ["above U+10FFFF", "f4908080"],
      ["five bytes", "f888808080"],
      ["cut short after one byte", "c3"],
      ["cut short after three bytes", "f09f98"],
      ["broken in the middle", "e228a1"],
    ]) {
      test(`${title}: 1007`, () => assertCloses(1007, { opcode: Opcode.text, payload: bytes(hex) }));
    }

    test("broken across fragments: 1007", () =>
      assertCloses(
        1007,
        { opcode: Opcode.text, payload: bytes("e2"), fin: false },
        { opcode: Opcode.continuation, payload: Buffer.from("28a1", "hex") },
      ));

    test("cut short at the end of the last fragment: 1007", () =>
      assertCloses(
        1007,
        { opcode: Opcode.text, payload: bytes("e2"), fin: false },
        { opcode: Opcode.continuation, payload: Buffer.from("82", "hex") },
      ));

    test("binary messages need not be UTF-8", async () => {
      const ws = await open();
      ws.sendBinary([0xff, 0xfe]);
      assert.equal((await ws.next()).opcode, Opcode.binary);
      ws.destroy();
    });
  });
});

describeServer("WebSocket frames with the default limit", { mode: "eio" }, (server) => {
  const { open, assertCloses, assertEcho } = framing(server);

  for (const length of [65_535, 65_536, 1_000_000]) {
    test(`${length} bytes`, async () => {
      const ws = await open();
      await assertEcho(ws, `4${"x".repeat(length - 1)}`);
      ws.destroy();
    });
  }

  test("1000001 bytes: 1009", () => assertCloses(1009, { opcode: Opcode.text, payload: "4".repeat(1_000_001) }));
});
