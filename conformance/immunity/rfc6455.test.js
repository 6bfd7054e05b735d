// RFC 6455 by section: what ../raw/websocket.test.js, which has one test for each rule, leaves out by
// taking one example of many.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { Opcode, formatFrame } from "../support/raw.js";
import { oursOnly } from "../support/target.js";
import { MAX_PAYLOAD, binary, frameTests, hex, more, ping, pong, text } from "./frames.js";

const DEFINED = Object.entries(Opcode);
const RESERVED = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];
const all = { concurrency: 8 };

// A frame whose length is written in a form of the given size, whatever it needs.
function lengthIn(form, payload, key = "01020304") {
  const length = { 7: [], 16: [0, 0], 64: [0, 0, 0, 0, 0, 0, 0, 0] }[form];
  const head = Buffer.from([0x82, 0x80 | { 7: payload.length, 16: 126, 64: 127 }[form], ...length]);
  if (form !== 7) {
    head.writeUInt16BE(payload.length, head.length - 2);
  }
  const mask = hex(key);
  return Buffer.concat([head, mask, Buffer.from(payload).map((byte, i) => byte ^ mask[i & 3])]);
}

frameTests("RFC 6455", {}, ({ open, closes, echoes }) => {
  describe("5.1 frames of a client are masked", all, () => {
    for (const [name, opcode] of DEFINED) {
      test(`${name}, not masked: 1002`, () => closes(1002, [{ opcode, payload: "", mask: false }]));
    }
    test("the second fragment, not masked: 1002", () => closes(1002, [text("4", false), { ...more("a"), mask: false }]));
    test("not masked, with a length of 64 bits: 1002", () => closes(1002, [hex("82 7f 00000000 00000001 34")]));
  });

  describe("5.2 reserved bits", all, () => {
    for (const [name, opcode] of DEFINED) {
      for (let rsv = 1; rsv <= 7; ++rsv) {
        const before = opcode === Opcode.continuation ? [text("4", false)] : [];
        test(`${name} with ${rsv.toString(2).padStart(3, "0")}: 1002`, () =>
          closes(1002, [...before, { opcode, rsv, payload: "" }]));
      }
    }
  });

  describe("5.2 reserved opcodes", all, () => {
    for (const opcode of RESERVED) {
      test(`${opcode}, unfinished: 1002`, () => closes(1002, [{ opcode, fin: false, payload: "" }]));
      test(`${opcode} within a message: 1002`, () => closes(1002, [text("4", false), { opcode, payload: "" }]));
      test(`${opcode}, from its head alone: 1002`, () => closes(1002, [Buffer.from([0x80 | opcode, 0x85, 0, 0, 0, 0])]));
    }
  });

  describe("5.2 lengths", all, () => {
    for (const [form, lengths] of [
      [7, [0, 1, 125]],
      [16, [0, 1, 125, 126, 127, 999, 1000]],
      [64, [0, 1, 125, 126, 1000]],
    ]) {
      for (const length of lengths) {
        const payload = Buffer.alloc(length, 0xa5);
        test(`${length} bytes in ${form} bits`, () => echoes(payload, [lengthIn(form, payload)]));
      }
    }
    for (const [title, length] of [
      ["one above the limit", "00000000 000003e9"],
      ["2^32", "00000001 00000000"],
      ["2^32 and a small number", "00000001 00000001"],
      ["2^48", "00010000 00000000"],
      ["2^63 - 1", "7fffffff ffffffff"],
      ["2^63, whose bit must be zero", "80000000 00000000"],
      ["that bit and a small number", "80000000 00000001"],
      ["all bits", "ffffffff ffffffff"],
    ]) {
      test(`${title}: 1009`, () => closes(1009, [hex(`82 ff ${length} 00000000`)]));
    }
  });

  describe("5.2 heads in two segments", all, () => {
    for (const [form, size] of [[7, 6], [16, 8], [64, 14]]) {
      const payload = Buffer.from("cut anywhere");
      const frame = lengthIn(form, payload);
      for (let at = 1; at <= size + 1; ++at) {
        test(`${form} bits, cut after ${at}`, () => echoes(payload, [frame.subarray(0, at), frame.subarray(at)]));
      }
    }
  });

  describe("5.3 masking", all, () => {
    for (const key of ["00000000", "ffffffff", "01020304", "80000000", "00000001"]) {
      test(`the key ${key}, every length to 70 and every cut of 40 bytes`, async () => {
        const ws = await open();
        for (let length = 0; length <= 70; ++length) {
          const payload = Buffer.from(Array.from({ length }, (_, i) => i * 7));
          ws.socket.send(lengthIn(7, payload, key));
          assert.deepEqual((await ws.next()).data, payload);
        }
        const payload = Buffer.from(Array.from({ length: 40 }, (_, i) => i));
        const frame = lengthIn(7, payload, key);
        for (let at = 6; at < frame.length; ++at) {
          ws.socket.send(frame.subarray(0, at));
          await new Promise(setImmediate);
          ws.socket.send(frame.subarray(at));
          assert.deepEqual((await ws.next()).data, payload);
        }
        ws.destroy();
      });
    }
  });

  describe("5.4 fragments", all, () => {
    const message = Buffer.from("4\u03ba\u1f79\u03c3\u20ac\u{1f600}\ud7ff\ue000\u{10ffff}");
    for (let at = 0; at <= message.length; ++at) {
      const [front, back] = [message.subarray(0, at), message.subarray(at)];
      test(`text cut after ${at} bytes, into fragments`, () => echoes(message, [text(front, false), more(back)]));
      test(`text cut after ${at} bytes, a ping in between`, () =>
        echoes(message, [text(front, false), ping("between"), pong(), more(back)]));
      const frame = formatFrame(text(message));
      test(`text cut after ${at} bytes, into segments`, () =>
        echoes(message, [frame.subarray(0, 6 + at), frame.subarray(6 + at)]));
    }
    test("one fragment for each byte, a ping behind each", () =>
      echoes(message, [text("", false), ...[...message].flatMap((byte) => [more([byte], false), ping()]), more("")]));
    for (const [title, frames] of [
      ["a finished continuation first", [more("4a")]],
      ["an unfinished continuation first", [more("4a", false)]],
      ["a continuation behind a whole message", [text("4a"), more("b")]],
      ["a continuation behind a fragmented message", [text("4a", false), more("b"), more("c")]],
      ["text within text, unfinished", [text("4a", false), text("4b", false)]],
      ["text within binary", [binary("a", false), text("4b")]],
      ["binary within binary", [binary("a", false), binary("b")]],
      ["a continuation behind a ping", [ping(), more("a")]],
    ]) {
      test(`${title}: 1002`, () => closes(1002, frames));
    }
    for (const cut of [1, 500, 999]) {
      const whole = Buffer.alloc(MAX_PAYLOAD, 1);
      const parts = (extra) => [binary(whole.subarray(0, cut), false), more(Buffer.alloc(MAX_PAYLOAD - cut + extra, 1))];
      test(`the limit, cut after ${cut}`, () => echoes(whole, parts(0)));
      test(`one byte above the limit, cut after ${cut}: 1009`, () => closes(1009, parts(1)));
    }
  });

  describe("5.5 control frames", all, () => {
    for (const opcode of [Opcode.close, Opcode.ping, Opcode.pong]) {
      for (const [title, head] of [
        ["126 in 16 bits", "fe 007e"],
        ["a short length in 16 bits", "fe 0002"],
        ["64 bits", "ff 00000000 00000002"],
      ]) {
        test(`opcode ${opcode}, ${title}, from the head: 1002`, () =>
          closes(1002, [hex(`${(0x80 | opcode).toString(16)} ${head} 00000000`)]));
      }
      test(`opcode ${opcode}, unfinished, within a message: 1002`, () =>
        closes(1002, [text("4", false), { opcode, fin: false, payload: "" }]));
    }
    test("the last of many pings is answered", async () => {
      const ws = await open();
      ws.socket.send(Buffer.concat(Array.from({ length: 1000 }, (_, i) => formatFrame(ping(String(i))))));
      let answer;
      do {
        answer = await ws.next();
        assert.equal(answer.opcode, Opcode.pong);
      } while (answer.text !== "999");
      ws.destroy();
    });
    test("a ping behind a close is not answered", async () => {
      const ws = await open();
      ws.socket.send(Buffer.concat([{ opcode: Opcode.close, payload: [3, 232] }, ping("late")].map(formatFrame)));
      assert.equal((await ws.next()).opcode, Opcode.close);
      await ws.socket.waitClose();
      assert.equal(ws.socket.buffered.length, 0);
    });
  });

  describe("7.4 close codes and 5.5.1 reasons", all, () => {
    const close = (code, reason = "") =>
      ({ opcode: Opcode.close, payload: Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]) });
    for (const code of [3001, 3999, 4001, 4500]) {
      test(`${code} is answered`, () => closes(code, [close(code)]));
    }
    for (const code of [1, 255, 998, 1017, 1100, 1999, 2001, 5001, 32768, 65534]) {
      test(`${code}: 1002`, () => closes(1002, [close(code)]));
    }
    for (const length of [1, 2, 122, 123]) {
      test(`a reason of ${length} bytes`, () => closes(1000, [close(1000, "r".repeat(length))]));
    }
    for (const bytes of ["80", "c0af", "eda080", "f4908080", "e282", "f09f98"]) {
      test(`the reason ${bytes}: 1007`, () => closes(1007, [close(1000, hex(bytes))]));
    }
  });

  // Table 3-7 of the Unicode standard: the bounds of the second byte by the first.
  describe("8.1 UTF-8", all, () => {
    const bounds = [
      ["c2", 0x80, 0xbf, ""], ["df", 0x80, 0xbf, ""], ["e0", 0xa0, 0xbf, "80"], ["e1", 0x80, 0xbf, "80"],
      ["ec", 0x80, 0xbf, "bf"], ["ed", 0x80, 0x9f, "bf"], ["ee", 0x80, 0xbf, "80"], ["ef", 0x80, 0xbf, "bf"],
      ["f0", 0x90, 0xbf, "8080"], ["f1", 0x80, 0xbf, "8080"], ["f3", 0x80, 0xbf, "bfbf"], ["f4", 0x80, 0x8f, "bfbf"],
    ];
    for (const [lead, low, high, tail] of bounds) {
      for (const [second, valid] of [[low, true], [high, true], [low - 1, false], [high + 1, false]]) {
        const character = `34 ${lead} ${second.toString(16)} ${tail}`;
        test(`${character}${valid ? "" : ": 1007"}`, () =>
          valid ? echoes(hex(character), [text(hex(character))]) : closes(1007, [text(hex(character))]));
      }
    }
    for (const lead of ["80", "bf", "c0", "c1", "f5", "f8", "fc", "fe", "ff"]) {
      test(`${lead} begins no character: 1007`, () => closes(1007, [text(hex(`34 ${lead} 80 80 80`))]));
    }
    for (const wrong of ["ff", "c0", "e080", "eda0", "f08f", "f490", "f880"]) {
      test(`${wrong} is refused before the message has ended: 1007`, oursOnly("it looks when the message has ended"), () =>
        closes(1007, [text(hex(`34 ${wrong}`), false)]));
    }
    for (const cut of ["e2|28", "e282|ff", "f0|80", "ed|a0", "f09f|34", "c3|"]) {
      const [front, back] = cut.split("|");
      test(`${cut} over fragments: 1007`, () => closes(1007, [text(hex(`34${front}`), false), more(hex(back))]));
    }
  });
});
