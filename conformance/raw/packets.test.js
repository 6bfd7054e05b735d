// Socket.IO packets: what is understood, what is written, and what ends the connection.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { openPolling, openWebSocket } from "../support/engine.js";
import { Opcode } from "../support/raw.js";
import { isReference } from "../support/target.js";
import { ask, assertAnswers, goneInfo } from "../support/application.js";
import { assertClosedQuietly, describeServer, wsRoundTrip } from "../support/block.js";

const placeholder = (num) => `{"_placeholder":true,"num":${num}}`;
const placeholders = (count) => Array.from({ length: count }, (_, i) => placeholder(i)).join();

describeServer("packets", { mode: "app" }, (server) => {
  const open = () => openWebSocket(server.port);

  async function joined() {
    const session = await open();
    session.id = (await session.join()).sid;
    return session;
  }

  async function withSession(body) {
    const session = await joined();
    await body(session);
    await assertAnswers(session);
    session.ws.destroy();
  }

  // Sends packets on a connection that has joined "/" and expects the end of it, for the reason that
  // belongs to undecodable and misplaced packets.
  async function assertEnds(...packets) {
    const session = await joined();
    await session.send(...packets);
    await assertClosedQuietly(session.ws);
    session.ws.destroy();
    const observer = await joined();
    assert.equal((await goneInfo(observer, session.id)).reason, "forced close");
    observer.ws.destroy();
  }

  describe("undecodable packets close the connection", { concurrency: true }, () => {
    for (const packet of [
      "4",
      "47",
      '49["a"]',
      "4a",
      "4-1",
      '4{"a":1}',
      "42{",
      '42["a"',
      '42["a"]x',
      '42["a",]',
      "42['a']",
      '42["a",NaN]',
      '42["a",undefined]',
      '42["a",01]',
      '42["a","\t"]',
      "42[]",
      "42{}",
      '42"a"',
      "42null",
      "42[true]",
      "42[null]",
      '42[{"toString":"x"}]',
      '42[["a"]]',
      '42-1["a"]',
      '421.5["a"]',
      '42abc["a"]',
      '431{"a":1}',
      '431"a"',
      "431null",
      '41["a"]',
      "41{}",
      "41null",
      "4451-x",
      '45["a"]',
      '45-["a"]',
      '451["a"]',
      '45abc-["a"]',
      '451.5-["a"]',
      '45-1-["a"]',
      "45woooot",
      "45",
      "46",
    ]) {
      test(`"${packet}"`, () => assertEnds(packet));
    }

    for (const auth of ["[]", '"x"', "null", "false", "{"]) {
      test(`a CONNECT with the payload ${auth}`, async () => {
        const session = await open();
        await session.send(`40/custom,${auth}`);
        await assertClosedQuietly(session.ws);
        session.ws.destroy();
      });
    }
  });

  describe("reserved event names close the connection", { concurrency: true }, () => {
    for (const name of ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]) {
      test(name, () => assertEnds(`42["${name}"]`));
      test(`${name}, binary`, () => assertEnds(`451-["${name}",${placeholder(0)}]`, Buffer.from([1])));
    }
  });

  describe("misplaced packets close the connection", { concurrency: true }, () => {
    for (const [title, packet] of [
      ["an event", '42["echo"]'],
      ["an event for a namespace", '42/custom,["echo"]'],
      ["an acknowledgement", "430[]"],
      ["a DISCONNECT", "41"],
      ["a CONNECT_ERROR", '44{"message":"x"}'],
      ["binary data", Buffer.from([1])],
    ]) {
      test(`${title} before CONNECT`, async () => {
        const session = await open();
        await session.send(packet);
        await assertClosedQuietly(session.ws);
        session.ws.destroy();
      });
    }

    test("a second CONNECT", () => assertEnds("40"));
    test("a CONNECT_ERROR", () => assertEnds('44{"message":"x"}'));
    test("a packet for a namespace that was not joined", () => assertEnds('42/custom,["echo"]'));
    test("a DISCONNECT for a namespace that was not joined", () => assertEnds("41/custom,"));
    test("binary data that was not announced", () => assertEnds(Buffer.from([1])));
    test("text between attachments", () => assertEnds(`451-["echo",${placeholder(0)}]`, '42["echo"]'));
    test("even a CONNECT between attachments", () => assertEnds(`451-["echo",${placeholder(0)}]`, "40/custom,"));

    test("an event for a namespace that was left", async () => {
      const session = await joined();
      await session.send("41");
      await wsRoundTrip(session.ws);
      await session.send('42["echo"]');
      await assertClosedQuietly(session.ws);
      session.ws.destroy();
    });

    test("all namespaces of the connection are left", async () => {
      const session = await joined();
      const { sid } = await session.join("/custom");
      await session.send("42{");
      await assertClosedQuietly(session.ws);
      const observer = await joined();
      await observer.join("/custom");
      assert.equal((await goneInfo(observer, session.id)).reason, "forced close");
      assert.equal((await goneInfo(observer, sid)).reason, "forced close");
      session.ws.destroy();
      observer.ws.destroy();
    });
  });

  describe("odd packets that are accepted", { concurrency: true }, () => {
    for (const [title, packet] of [
      ["an event without payload", "42"],
      ["an event that nobody listens to", '42["unknown",1]'],
      ["an event that nobody listens to, with an ack id", '4277["unknown",1]'],
      ["an event name that is a number", "42[1]"],
      ["an event name that is a fraction", "42[1.5]"],
      ["an empty event name", '42[""]'],
      ["the event connection", '42["connection"]'],
      ["the event message", '42["message","x"]'],
      ["an acknowledgement nobody waits for", '43999["x"]'],
      ["an acknowledgement without an id", '43["x"]'],
      ["an acknowledgement without a payload", "431"],
      ["white space behind the JSON", '42["unknown"] '],
    ]) {
      test(title, () => withSession((session) => session.send(packet)));
    }

    test("the event error reaches the application", async () => {
      const session = await joined();
      await session.send('42["error",{"message":"mine"}]');
      assert.equal(await session.next(), '42["middlewareError","mine"]');
      await assertAnswers(session);
      session.ws.destroy();
    });

    for (const [sent, answered] of [
      ["0", "0"],
      ["00012", "12"],
      ["456", "456"],
      ["4294967296", "4294967296"],
      ["9007199254740991", "9007199254740991"],
    ]) {
      test(`the ack id ${sent}`, () =>
        withSession(async (session) => {
          await session.send(`42${sent}["echo","x"]`);
          assert.equal(await session.next(), `43${answered}["x"]`);
        }));
    }

    test("an acknowledgement without arguments", () =>
      withSession(async (session) => {
        await session.send('425["echo"]');
        assert.equal(await session.next(), "435[]");
      }));

    test("a text event may hold what looks like a placeholder", () =>
      withSession(async (session) => {
        await session.send(`421["echo",${placeholder(0)}]`);
        assert.equal(await session.next(), `431[${placeholder(0)}]`);
      }));
  });

  describe("JSON is written as JSON.stringify does", { concurrency: true }, () => {
    // The third text is what ours sends where it keeps what was sent: 64-bit integers, and members of
    // the same name. To JavaScript it means the same, to other clients more.
    for (const [json, written = json, ours = written] of [
      ['null,true,false,"",[],{}'],
      ["1.0,1e3,-0,0.1,1E5", "1,1000,0,0.1,100000"],
      ["1e20,1e21,123456789012345678901234567890", "100000000000000000000,1e+21,1.2345678901234568e+29"],
      ["0.000001,0.0000001,1e-7", "0.000001,1e-7,1e-7"],
      ["5e-324,1.7976931348623157e308,2.2250738585072014e-308", "5e-324,1.7976931348623157e+308,2.2250738585072014e-308"],
      [
        "9007199254740991,9007199254740992,9007199254740993,-9007199254740993",
        "9007199254740991,9007199254740992,9007199254740992,-9007199254740992",
        "9007199254740991,9007199254740992,9007199254740993,-9007199254740993",
      ],
      [
        "18446744073709551616,18446744073709551615",
        "18446744073709552000,18446744073709552000",
        "18446744073709552000,18446744073709551615",
      ],
      ["4.35,0.3,100.25,1.1e-5,123456.789e3", "4.35,0.3,100.25,0.000011,123456789"],
      ['"\\u00e9\\u20ac\\ud83d\\ude00"', '"\u00e9\u20ac\u{1f600}"'],
      ['"\u2028\u2029\ufeff\u007f\u{10ffff}"'],
      ['"\\u0000\\u0001\\u001f\\b\\t\\n\\f\\r"'],
      ['"\\"\\\\\\/"', '"\\"\\\\/"'],
      ['"\\ud800","\\udc00x"'],
      ['{"b":1,"a":{"d":[1],"c":null}}'],
      ['{"x":1,"y":2,"x":3}', '{"x":3,"y":2}', '{"x":1,"y":2,"x":3}'],
      ['{"":1,"toString":2,"constructor":3,"length":4}'],
      [' { "a" : [ 1 , 2 ] } ', '{"a":[1,2]}'],
    ]) {
      test(written.replace(/[^ -~]/g, (c) => `\\u{${c.codePointAt(0).toString(16)}}`), () =>
        withSession(async (session) => {
          await session.send(`421["echo",${json}]`);
          assert.equal(await session.next(), `431[${isReference ? written : ours}]`);
        }));
    }

    test("nesting of 100 levels", () =>
      withSession(async (session) => {
        const json = `${"[".repeat(100)}${"]".repeat(100)}`;
        await session.send(`421["echo",${json}]`);
        assert.equal(await session.next(), `431[${json}]`);
      }));
  });

  describe("attachments", { concurrency: true }, () => {
    async function nextBinary(session) {
      const { opcode, data } = await session.ws.next();
      assert.equal(opcode, Opcode.binary);
      return [...data];
    }

    async function echo(session, args, attachments) {
      await session.send(
        `45${attachments.length}-1["echo",${args}]`,
        ...attachments.map((bytes) => Buffer.from(bytes)),
      );
      const packet = await session.next();
      const [, count, rest] = /^(?:46(\d+)-|43)1(.*)$/s.exec(packet);
      const answers = [];
      while (answers.length < Number(count ?? 0)) {
        answers.push(await nextBinary(session));
      }
      return [rest, answers];
    }

    test("one", () =>
      withSession(async (session) => {
        assert.deepEqual(await echo(session, placeholder(0), [[1, 2]]), [`[${placeholder(0)}]`, [[1, 2]]]);
      }));

    test("empty", () =>
      withSession(async (session) => {
        assert.deepEqual(await echo(session, placeholder(0), [[]]), [`[${placeholder(0)}]`, [[]]]);
      }));

    test("nested, in depth-first order", () =>
      withSession(async (session) => {
        const args = `{"a":[${placeholder(0)},{"b":${placeholder(1)}}]},${placeholder(2)}`;
        assert.deepEqual(await echo(session, args, [[1], [2], [3]]), [`[${args}]`, [[1], [2], [3]]]);
      }));

    test("in another order: written in depth-first order again", () =>
      withSession(async (session) => {
        const args = `${placeholder(1)},${placeholder(0)}`;
        assert.deepEqual(await echo(session, args, [[1], [2]]), [`[${placeholders(2)}]`, [[2], [1]]]);
      }));

    test("one that is used twice is written twice", () =>
      withSession(async (session) => {
        const args = `${placeholder(0)},${placeholder(0)}`;
        assert.deepEqual(await echo(session, args, [[1]]), [`[${placeholders(2)}]`, [[1], [1]]]);
      }));

    test("one that is not used is dropped", () =>
      withSession(async (session) => {
        assert.deepEqual(await echo(session, placeholder(1), [[1], [2]]), [`[${placeholder(0)}]`, [[2]]]);
      }));

    test("none that is used: the answer is text", () =>
      withSession(async (session) => {
        assert.deepEqual(await echo(session, '"x"', [[1]]), ['["x"]', []]);
      }));

    test("the keys of a placeholder may come in any order, with others beside them", () =>
      withSession(async (session) => {
        const args = '{"num":0,"x":1,"_placeholder":true}';
        assert.deepEqual(await echo(session, args, [[1]]), [`[${placeholder(0)}]`, [[1]]]);
      }));

    test("only the value true makes a placeholder", () =>
      withSession(async (session) => {
        const args = '{"_placeholder":"true","num":0}';
        assert.deepEqual(await echo(session, args, [[1]]), [`[${args}]`, []]);
      }));

    test("in base64", () =>
      withSession(async (session) => {
        await session.send(`451-1["echo",${placeholder(0)}]`, "bAQID");
        assert.equal(await session.next(), `461-1[${placeholder(0)}]`);
        assert.deepEqual(await nextBinary(session), [1, 2, 3]);
      }));

    test("ten", () =>
      withSession(async (session) => {
        const bytes = Array.from({ length: 10 }, (_, i) => [i]);
        assert.deepEqual(await echo(session, placeholders(10), bytes), [`[${placeholders(10)}]`, bytes]);
      }));

    test("eleven close the connection", () => assertEnds(`4511-["echo",${placeholders(11)}]`));
    test("a huge number closes the connection", () => assertEnds('45999999999-["echo"]'));
    test("a number of 400 digits closes the connection", () => assertEnds(`45${"9".repeat(400)}-["echo"]`));
    test("zero close the connection", () => assertEnds('450-["echo"]'));
    test("zero in an acknowledgement close the connection", () => assertEnds("460-1[]"));

    for (const num of ['"0"', '"splice"', "-1", "1", "99999999999", "null", "true", "{}"]) {
      test(`the placeholder number ${num} closes the connection`, () =>
        assertEnds(`451-["echo",${placeholder(num)}]`, Buffer.from([1])));
    }

    test("a placeholder without a number closes the connection", () =>
      assertEnds('451-["echo",{"_placeholder":true}]', Buffer.from([1])));

    test("a placeholder in the place of the event name closes the connection", () =>
      assertEnds(`451-[${placeholder(0)}]`, Buffer.from([1])));

    test("the engine's events go on between a header and its attachments", async () => {
      const session = await joined();
      await session.send(`451-1["echo",${placeholder(0)}]`);
      session.ws.sendFrame({ opcode: Opcode.ping, payload: "x" });
      assert.equal((await session.ws.next()).opcode, Opcode.pong);
      await session.send("6", Buffer.from([1]));
      assert.equal(await session.next(), `461-1[${placeholder(0)}]`);
      session.ws.destroy();
    });

    test("over polling: base64, right behind their header", async () => {
      const session = await openPolling(server.port);
      await session.join();
      await session.send(`452-1["echo",${placeholders(2)}]`, "bAQ==", "bAgM=");
      assert.equal((await session.get()).text, `462-1[${placeholders(2)}]\x1ebAQ==\x1ebAgM=`);
    });

    test("binary that the server makes", async () => {
      const session = await joined();
      await session.send('421["generate",3]');
      assert.equal(await session.next(), `462-1[{"nested":[${placeholder(0)},{"again":${placeholder(1)}}],"n":3}]`);
      assert.deepEqual(await nextBinary(session), [0, 1, 2]);
      assert.deepEqual(await nextBinary(session), [0, 1, 2]);
      session.ws.destroy();
    });

    test("a digest of 100 kB", () =>
      withSession(async (session) => {
        const bytes = Buffer.alloc(100_000, 0).map((_, i) => i & 255);
        await session.send(`451-1["digest",${placeholder(0)}]`, bytes);
        const sum = bytes.reduce((total, byte) => total + byte, 0);
        assert.equal(await session.next(), `431[{"length":100000,"sum":${sum}}]`);
      }));
  });

  describe("events", { concurrency: true }, () => {
    test("keep their order, acknowledged or not", () =>
      withSession(async (session) => {
        const indices = Array.from({ length: 50 }, (_, i) => i);
        await session.send(...indices.map((i) => `42["seq",${i}]`));
        assert.deepEqual(await ask(session, "seqGet"), [indices]);
      }));

    test("several in one polling payload keep their order", async () => {
      const session = await openPolling(server.port);
      await session.join();
      await session.send(...Array.from({ length: 20 }, (_, i) => `42["seq",${i}]`), '429["seqGet"]');
      assert.equal(await session.next(), `439[[${Array.from({ length: 20 }, (_, i) => i)}]]`);
    });

    test("an acknowledgement is sent once", () =>
      withSession(async (session) => {
        await session.send('421["ackTwice"]');
        assert.equal(await session.next(), '431["first"]');
      }));

    test("acknowledgements may overtake each other", () =>
      withSession(async (session) => {
        await session.send('421["slow",150,"a"]', '422["slow",0,"b"]');
        assert.equal(await session.next(), '432["b"]');
        assert.equal(await session.next(), '431["a"]');
      }));

    test("an acknowledgement is sent even after the namespace was left", async () => {
      const session = await joined();
      await session.send('4299["slow",100,"late"]');
      await wsRoundTrip(session.ws);
      await session.send("41");
      assert.equal(await session.next(), '4399["late"]');
      session.ws.destroy();
    });

    test("a question that is not answered times out, a late answer is ignored", () =>
      withSession(async (session) => {
        await session.send('421["askMe"]');
        const [, id] = /^42(\d+)\["question","what\?"\]$/.exec(await session.next());
        assert.equal(await session.next(), '431[{"ok":false,"error":"operation has timed out"}]');
        await session.send(`43${id}["late"]`);
      }));

    test("a packet middleware refuses an event", () =>
      withSession(async (session) => {
        await session.send('42["forbidden",1]');
        assert.equal(await session.next(), '42["middlewareError","forbidden event"]');
      }));

    test("wrong arguments do no harm", () =>
      withSession(async (session) => {
        for (const event of ["join", "leave", "fetch", "digest", "setData", "op", "slow", "generate", "kick", "goneInfo"]) {
          for (const json of ["", ",null", ",{}", ",[1]", ",-1", ',"x",{"a":1}']) {
            await session.send(`42["${event}"${event === "kick" && json !== "" ? ',"nobody"' : json}]`);
          }
        }
      }));

    test("numeric event names", () => withSession((session) => session.send("42[1,2]", "421[-5]")));

    test("volatile events are dropped while the transport is busy, the last event comes", async () => {
      const session = await joined();
      await session.send('42["floodVolatile",50]');
      const events = [];
      do {
        events.push(JSON.parse((await session.next()).slice(2)));
      } while (events.at(-1)[0] !== "volEnd");
      assert.ok(events.length >= 1 && events.length <= 51);
      session.ws.destroy();
    });

    test("without a pending poll all volatile events are dropped", async () => {
      const session = await openPolling(server.port);
      await session.join();
      await session.send('42["floodVolatile",5]');
      assert.equal(await session.next(), '42["volEnd",5]');
    });
  });
});
