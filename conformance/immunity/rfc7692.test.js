// RFC 7692 by section: what ../raw/compression.test.js leaves out.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { constants, deflateRawSync } from "node:zlib";
import { Deflater } from "../support/deflate.js";
import { Opcode, UpgradeRefused } from "../support/raw.js";
import { oursOnly } from "../support/target.js";
import { MAX_PAYLOAD, frameTests, hex, more, ping, text } from "./frames.js";

const all = { concurrency: 8 };
const OFFER = {
  "Sec-WebSocket-Extensions": "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
};
const compressed = (payload, fin = true) => ({ opcode: Opcode.text, rsv: 4, payload, fin });
const REFUSED = /^(400|declined)$/;
const TAIL = Buffer.from([0, 0, 255, 255]);

function deflated(data, options) {
  const bytes = deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH, ...options });
  return bytes.subarray(-4).equals(TAIL) ? bytes.subarray(0, -4) : bytes;
}

frameTests("RFC 7692", { perMessageDeflate: true }, ({ open, closes, echoes }) => {
  const answer = async (offer) => {
    try {
      const ws = await open({ "Sec-WebSocket-Extensions": offer });
      ws.destroy();
      return ws.response.header("sec-websocket-extensions") ?? "declined";
    } catch (error) {
      assert.ok(error instanceof UpgradeRefused, error);
      return String(error.response.status);
    }
  };

  describe("7.1 parameters", all, () => {
    for (let bits = 9; bits <= 15; ++bits) {
      test(`server_max_window_bits=${bits} is granted`, async () => {
        const granted = `permessage-deflate; server_max_window_bits=${bits}`;
        assert.equal(await answer(granted), granted);
      });
      test(`client_max_window_bits=${bits} is accepted`, async () =>
        assert.match(await answer(`permessage-deflate; client_max_window_bits=${bits}`), /^permessage-deflate/));
    }
    test("a quoted value", async () =>
      assert.match(await answer('permessage-deflate; server_max_window_bits="10"'), /server_max_window_bits=10$/));
    for (const parameters of [
      "server_max_window_bits", "server_max_window_bits=", "server_max_window_bits=-8", "server_max_window_bits=0",
      "client_max_window_bits=0", "client_max_window_bits=7", "client_max_window_bits=16", "client_no_context_takeover=0",
      "server_max_window_bits=10; server_max_window_bits=11", "server_no_context_takeover; server_no_context_takeover",
      "client_max_window_bits; client_max_window_bits=10", "SERVER_MAX_WINDOW_BITS=10", "x",
    ]) {
      test(`"${parameters}" is refused`, async () =>
        assert.match(await answer(`permessage-deflate; ${parameters}`), REFUSED));
    }
    for (const parameter of [
      "server_max_window_bits=010", "server_max_window_bits=1e1", "server_max_window_bits=+9", "client_max_window_bits=08",
    ]) {
      test(`"${parameter}" is refused`, oursOnly("it takes what JavaScript takes for a number"), async () =>
        assert.match(await answer(`permessage-deflate; ${parameter}`), REFUSED));
    }
  });

  describe("7.2.1 every form of a compressed message", all, () => {
    const message = "4Hello, hello, hello";
    const bytes = Buffer.from(message);
    const length = Buffer.from([bytes.length, 0, ~bytes.length & 255, 255]);
    for (const [title, payload] of [
      ["fixed codes", deflated(message, { strategy: constants.Z_FIXED })],
      ["dynamic codes", deflated(message, { strategy: constants.Z_HUFFMAN_ONLY })],
      ["a block without compression", Buffer.concat([Buffer.from([0]), length, bytes, Buffer.from([0])])],
      ["BFINAL set", Buffer.concat([deflateRawSync(message), Buffer.from([0])])],
      ["two blocks", Buffer.concat([deflated("4Hello, "), TAIL, deflated("hello, hello")])],
      ["empty blocks in front", Buffer.concat([Buffer.from([0]), TAIL, Buffer.from([0]), TAIL, deflated(message)])],
    ]) {
      test(title, () => echoes(message, [compressed(payload)], OFFER));
    }
    const payload = deflated(message);
    for (let at = 0; at <= payload.length; ++at) {
      test(`cut after ${at} bytes, a ping in between`, () =>
        echoes(message, [compressed(payload.subarray(0, at), false), ping(), more(payload.subarray(at))], OFFER));
    }
    test("the next message is not compressed", () => echoes("4plain", [text("4plain")], OFFER));
  });

  describe("7.2.2 what is not a compressed message: 1007", all, () => {
    for (const [title, payload] of [
      ["a reserved block type", "06"],
      ["a length that is not its complement's", "00 0500 0000 3461626364"],
      ["a distance beyond the beginning", "4b 04 62 00"],
      ["too many codes", "fd ff ff ff ff"],
      ["an incomplete set of codes", "04 00 fe ff"],
      ["garbage behind a block", `${deflated("4a").toString("hex")} 07 ff ff`],
    ]) {
      test(title, () => closes(1007, [compressed(hex(payload))], OFFER));
    }
    test("a reference to the message before, without takeover", async () => {
      const deflater = new Deflater();
      const first = await deflater.message(`4${"abcdefghij".repeat(5)}`);
      const second = await deflater.message(`4${"abcdefghij".repeat(5)}`);
      await closes(1007, [compressed(first), compressed(second)], OFFER);
    });
  });

  describe("8 the limit counts what is inflated", all, () => {
    const bomb = (size) => deflated(Buffer.alloc(size, 52));
    for (const size of [MAX_PAYLOAD + 1, 10_000, 500_000]) {
      test(`${size} bytes: 1009`, () => closes(1009, [compressed(bomb(size).subarray(0, MAX_PAYLOAD))], OFFER));
    }
    test("in fragments: 1009", () => closes(1009, [compressed(bomb(100_000), false), more("")], OFFER));
    test("exactly the limit", () => echoes("4".repeat(MAX_PAYLOAD), [compressed(bomb(MAX_PAYLOAD))], OFFER));
    test("more compressed bytes than the limit: 1009", () =>
      closes(1009, [compressed(Buffer.alloc(MAX_PAYLOAD + 1))], OFFER));
  });
});
