// Engine.IO protocol 3 and what clients of Socket.IO 1.x and 2.x rely on; JSONP.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { openWebSocket } from "../support/engine.js";
import { decodePayload, encodeBinaryPayload, encodePayload, openEio3 } from "../support/eio3.js";
import { Opcode, request } from "../support/raw.js";
import { oursOnly } from "../support/target.js";
import { assertAlive, assertClosedQuietly, assertGone, describeServer } from "../support/block.js";
import { ask } from "../support/application.js";

const PATH = "/engine.io/";
const OCTETS = { "Content-Type": "application/octet-stream" };
const FORM = { "Content-Type": "application/x-www-form-urlencoded" };

describeServer("protocol 3 payloads", { mode: "eio", allowEio3: true, maxPayload: 5000 }, (server) => {
  const open = (query = "") => openEio3(server.port, { path: PATH, query });

  describe("string payloads", { concurrency: true }, () => {
    for (const [title, packet] of [
      ["ASCII", "4hello"],
      ["an empty message", "4"],
      ["two bytes in UTF-8", "4h\u00e9llo"],
      ["three bytes in UTF-8", "4\u20ac"],
      ["a character of two UTF-16 units", "4\u{1f600}"],
      ["a mixture", "4a\u00e9\u20ac\u{1f600}z"],
      ["colons and digits", "41:2:3"],
      ["a newline", "4a\nb"],
      ["a record separator", "4a\x1eb"],
    ]) {
      test(`${title}: the length counts UTF-16 units`, async () => {
        const session = await open();
        await session.send(packet);
        const response = await session.get();
        assert.equal(response.text, `${packet.length}:${packet}`);
        assert.equal(response.header("content-type"), "text/plain; charset=UTF-8");
        assert.equal(response.header("cache-control"), "no-store");
      });
    }

    test("several packets, one of them behind a wide character", async () => {
      const session = await open();
      await session.send("4\u{1f600}", "4b", "4\u20acc");
      assert.deepEqual(decodePayload((await session.get()).text), ["4\u{1f600}", "4b", "4\u20acc"]);
    });

    test("the handshake is the one of protocol 4, with a length", async () => {
      const { response, sid } = await open();
      const packet = `0{"sid":"${sid}","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":5000}`;
      assert.equal(response.text, `${packet.length}:${packet}`);
    });

    for (const payload of [
      "",
      "x",
      "6",
      "4hello",
      "6:4hell",
      "99:4a",
      ":4a",
      "-1:4a",
      "1.5:4a",
      "2:4a3",
      "1:9",
      "2:4a;",
      "a:4b",
      `${"9".repeat(400)}:4a`,
    ]) {
      const title = payload.length > 20 ? "a length of 400 digits" : `"${payload}"`;
      test(`${title} ends the session`, async () => {
        const session = await open();
        assert.equal((await session.post(payload)).text, "ok");
        await assertGone(session);
      });
    }

    test("an empty packet is skipped", async () => {
      const session = await open();
      assert.equal((await session.post("0:2:4a")).text, "ok");
      assert.equal((await session.get()).text, "2:4a");
    });

    test("packets in front of a bad one are handled", async () => {
      const session = await open();
      const pending = await session.pendingGet();
      await session.post("6:4hello99:4x");
      assert.deepEqual(decodePayload((await pending.readResponse()).text), ["4hello"]);
      await assertGone(session);
    });
  });

  describe("binary", { concurrency: true }, () => {
    const bytes = Buffer.from([0, 1, 254, 255]);

    test("b64=1: base64 in a string payload", async () => {
      const session = await open("&b64=1");
      await session.send("4a", bytes);
      const response = await session.get();
      assert.equal(response.text, `2:4a10:b4${bytes.toString("base64")}`);
      assert.equal(response.header("content-type"), "text/plain; charset=UTF-8");
    });

    test("without b64: a binary payload, lengths in bytes", async () => {
      const session = await open();
      await session.send("4\u20ac", bytes);
      const response = await session.get();
      assert.equal(response.header("content-type"), "application/octet-stream");
      assert.equal(response.body.toString("hex"), "0004ff34e282ac" + "0105ff040001feff");
    });

    test("lengths of several digits", async () => {
      const session = await open();
      const large = Buffer.alloc(1234, 5);
      await session.post(encodeBinaryPayload([large]), { headers: OCTETS });
      const { body } = await session.get();
      assert.equal(body.subarray(0, 7).toString("hex"), "0101020305ff04");
      assert.deepEqual(body.subarray(7), large);
    });

    test("a binary payload of text only is answered with a string payload", async () => {
      const session = await open();
      await session.post(encodeBinaryPayload(["4\u20ac"]), { headers: OCTETS });
      assert.equal((await session.get()).text, "2:4\u20ac");
    });

    test("empty binary", async () => {
      const session = await open();
      await session.post(encodeBinaryPayload([Buffer.alloc(0)]), { headers: OCTETS });
      assert.equal((await session.get()).body.toString("hex"), "0101ff04");
    });

    test("base64 whose text starts with a 4 is not mistaken", async () => {
      const session = await open("&b64=1");
      const odd = Buffer.from("4444", "base64");
      await session.send(odd);
      assert.equal((await session.get()).text, "6:b44444");
    });

    for (const hex of ["00", "0001", "0001ff", "0001ff39", "00ff34", "000aff34", "ff", "0003ff34e282"]) {
      test(`the binary payload "${hex}" ends the session`, async () => {
        const session = await open();
        await session.post(Buffer.from(hex, "hex"), { headers: OCTETS });
        await assertGone(session);
      });
    }

    test("a binary payload with a length of 400 digits ends the session", async () => {
      const session = await open();
      const payload = Buffer.concat([Buffer.from([0]), Buffer.alloc(400, 9), Buffer.from("ff34", "hex")]);
      await session.post(payload, { headers: OCTETS });
      await assertGone(session);
    });

    test("WebSocket: the type is the first byte", async () => {
      const { ws } = await openWebSocket(server.port, { path: PATH, eio: 3 });
      ws.sendBinary([4, 1, 2]);
      const frame = await ws.next();
      assert.deepEqual([frame.opcode, [...frame.data]], [Opcode.binary, [4, 1, 2]]);
      ws.destroy();
    });

    test("WebSocket with b64=1: base64 in text frames", async () => {
      const { ws } = await openWebSocket(server.port, { path: PATH, eio: 3, query: "&b64=1" });
      ws.sendText("b4AQI=");
      assert.equal(await ws.nextText(), "b4AQI=");
      ws.sendBinary([4, 1, 2]);
      assert.equal(await ws.nextText(), "b4AQI=");
      ws.destroy();
    });
  });

  describe("JSONP", { concurrency: true }, () => {
    const unwrap = (text) => {
      const [, index, literal] = /^___eio\[(\d*)\]\((.*)\);$/s.exec(text);
      return { index, payload: JSON.parse(literal) };
    };
    const post = (session, packets) =>
      session.post(`d=${encodeURIComponent(encodePayload(packets).replaceAll("\n", "\\n"))}`, { headers: FORM });

    // The session behind a JSONP handshake, with polls unwrapped.
    async function openJsonp(query = "&j=0&b64=1") {
      const path = `${PATH}?EIO=3&transport=polling${query}`;
      const response = await request(server.port, { path });
      const { payload } = unwrap(response.text);
      const { sid } = JSON.parse(decodePayload(payload)[0].slice(1));
      const target = `${path}&sid=${sid}`;
      return {
        response,
        get: () => request(server.port, { path: target }),
        post: (body, options) => request(server.port, { method: "POST", path: target, body, ...options }),
      };
    }

    test("the handshake is a call with a string literal", async () => {
      const { response } = await openJsonp();
      assert.match(response.text, /^___eio\[0\]\("\d+:0\{\\"sid\\":\\"[^"]*\\".*\}"\);$/);
      assert.equal(response.header("content-type"), "text/plain; charset=UTF-8");
      assert.equal(Number(response.header("content-length")), response.body.length);
    });

    for (const [j, index] of [["7", "7"], ["12abc", "12"], ["1%29;alert(1", "11"], ["a", ""], ["", ""], ["-5", "5"]]) {
      test(`only the digits of j=${j} are kept`, async () => {
        const path = `${PATH}?EIO=3&transport=polling&j=${j}`;
        assert.equal(unwrap((await request(server.port, { path })).text).index, index);
      });
    }

    test("messages both ways", async () => {
      const session = await openJsonp();
      assert.equal((await post(session, ["4hello", Buffer.from([1, 2, 3])])).text, "ok");
      assert.equal((await session.get()).text, '___eio[0]("6:4hello6:b4AQID");');
    });

    const unreadable = "it makes JSON of the bytes, which no client reads";
    test("without b64=1 binary is base64, too", oursOnly(unreadable), async () => {
      const session = await openJsonp("&j=0");
      await post(session, [Buffer.from([1, 2, 3])]);
      assert.equal((await session.get()).text, '___eio[0]("6:b4AQID");');
    });

    test("the callback of the handshake is used for all polls", async () => {
      const path = `${PATH}?EIO=3&transport=polling&b64=1`;
      const { payload } = unwrap((await request(server.port, { path: `${path}&j=3` })).text);
      const { sid } = JSON.parse(decodePayload(payload)[0].slice(1));
      const body = `d=${encodeURIComponent("2:4a")}`;
      await request(server.port, { method: "POST", path: `${path}&j=5&sid=${sid}`, body, headers: FORM });
      const response = await request(server.port, { path: `${path}&j=5&sid=${sid}` });
      assert.equal(response.text, '___eio[3]("2:4a");');
    });

    test("line separators are escaped in the literal", async () => {
      const session = await openJsonp();
      await post(session, ['4\u2028\u2029"\\\u20ac']);
      assert.equal((await session.get()).text, '___eio[0]("6:4\\u2028\\u2029\\"\\\\\u20ac");');
    });

    test("newlines arrive escaped, escaped newlines twice escaped", async () => {
      const session = await openJsonp();
      await session.post(`d=${encodeURIComponent("4:4a\\nb")}`, { headers: FORM });
      assert.equal(unwrap((await session.get()).text).payload, "4:4a\nb");
      await session.post(`d=${encodeURIComponent("5:4a\\\\nb")}`, { headers: FORM });
      assert.equal(unwrap((await session.get()).text).payload, "5:4a\\nb");
    });

    test("a form without d ends nothing or the session, but not the server", async () => {
      const session = await openJsonp();
      await session.post("x=1", { headers: FORM });
      assert.ok([200, 400].includes((await session.post("x=1", { headers: FORM })).status));
    });

    test("protocol 4 may be wrapped as well", async () => {
      const path = `${PATH}?EIO=4&transport=polling&j=2`;
      const { text } = await request(server.port, { path });
      assert.match(text, /^___eio\[2\]\("0\{\\"sid/);
    });
  });
});

describeServer("Socket.IO protocol 4", { mode: "app", allowEio3: true }, (server) => {
  const websocket = (query = "") => openWebSocket(server.port, { eio: 3, query });

  async function joined(query) {
    const session = await websocket(query);
    assert.equal(await session.next(), "40");
    return session;
  }

  test("the main namespace is joined without being asked for", async () => {
    const session = await joined();
    const [{ id, sid, protocol, auth }] = await ask(session, "whoami");
    assert.deepEqual({ id, sid, protocol, auth }, { id: session.sid, sid: session.sid, protocol: 3, auth: {} });
    session.ws.destroy();
  });

  test("over polling the CONNECT packet comes with the handshake or the first poll", async () => {
    const session = await openEio3(server.port);
    assert.equal(await session.next(), "40");
    await assertAlive(session);
  });

  test("a namespace with a query: it becomes the auth payload and is not part of the name", async () => {
    const session = await joined();
    await session.send("40/custom?token=a%20b&x=1,");
    assert.equal(await session.next(), "40/custom,");
    const [{ id, nsp, auth }] = await ask(session, "whoami", [], { namespace: "/custom" });
    assert.deepEqual({ id, nsp, auth }, {
      id: `/custom#${session.sid}`,
      nsp: "/custom",
      auth: { token: "a b", x: "1" },
    });
    session.ws.destroy();
  });

  test("a namespace without a comma", async () => {
    const session = await joined();
    await session.send("40/custom?a=1");
    assert.equal(await session.next(), "40/custom,");
    session.ws.destroy();
  });

  test("events of a namespace may carry the query as well", async () => {
    const session = await joined();
    await session.send("40/custom?a=1,");
    assert.equal(await session.next(), "40/custom,");
    await session.send('42/custom?a=1,7["echo","x"]');
    assert.equal(await session.next(), '43/custom,7["x"]');
    session.ws.destroy();
  });

  test("the refusal of a middleware is the bare data", async () => {
    const session = await joined();
    await session.send("40/auth?token=wrong,");
    assert.equal(await session.next(), '44/auth,{"code":401}');
    await session.send("40/auth?token=secret,");
    assert.equal(await session.next(), "40/auth,");
    assert.equal(await session.next(), '42/auth,["welcome",{"user":"judge"}]');
    session.ws.destroy();
  });

  test("the token of the connection's query counts too", async () => {
    const session = await joined("&token=secret");
    await session.send("40/auth,");
    assert.equal(await session.next(), "40/auth,");
    session.ws.destroy();
  });

  test("an unknown namespace", async () => {
    const session = await joined();
    await session.send("40/nope,");
    assert.equal(await session.next(), '44/nope,{"message":"Invalid namespace"}');
    session.ws.destroy();
  });

  test("a dynamic namespace", async () => {
    const session = await joined();
    await session.send("40/dyn-33?x=1,");
    assert.equal(await session.next(), "40/dyn-33,");
    assert.equal(await session.next(), '42/dyn-33,["hello",{"nsp":"/dyn-33"}]');
    session.ws.destroy();
  });

  test("a CONNECT for the main namespace closes the connection", async () => {
    const session = await joined();
    await session.send("40");
    await assertClosedQuietly(session.ws);
    session.ws.destroy();
  });

  test("a DISCONNECT leaves the connection open", async () => {
    const session = await joined();
    await session.send("40/custom,");
    assert.equal(await session.next(), "40/custom,");
    await session.send("41/custom,");
    assert.deepEqual(await ask(session, "echo", [1]), [1]);
    session.ws.destroy();
  });

  test("binary events: attachments start with the byte 4", async () => {
    const session = await joined();
    await session.send('451-5["echo",{"_placeholder":true,"num":0}]', Buffer.from([4, 9, 8]));
    assert.equal(await session.next(), '461-5[{"_placeholder":true,"num":0}]');
    assert.deepEqual([...(await session.ws.next()).data], [4, 9, 8]);
    session.ws.destroy();
  });

  test("binary events over polling, in base64", async () => {
    const session = await openEio3(server.port, { query: "&b64=1" });
    assert.equal(await session.next(), "40");
    await session.post(
      encodePayload(['451-5["echo",{"_placeholder":true,"num":0}]', Buffer.from([9, 8])]),
    );
    assert.equal(await session.next(), '461-5[{"_placeholder":true,"num":0}]');
    assert.deepEqual([...(await session.next())], [9, 8]);
  });

  test("events before the CONNECT packet was read are fine", async () => {
    const session = await websocket();
    await session.send('421["echo",1]');
    assert.equal(await session.next(), "40");
    assert.equal(await session.next(), "431[1]");
    session.ws.destroy();
  });
});
