// A Socket.IO client that believes nothing: an answer must be the one to its question, a message of a room
// must be whole and for somebody who is in that room, numbers must come in order.
import { strict as assert } from "node:assert";
import { within } from "../support/eventually.js";
import { Wire } from "./wire.js";

const ANSWER_DEADLINE_MS = 20_000;
const PACKET = /^4(\d)(?:(\d+)-)?(\/[^,]*,)?(\d*)([^]*)$/;
const [CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR, BINARY_EVENT, BINARY_ACK] = [0, 1, 2, 3, 4, 5, 6];

// What the members of a room are sent; belongs() knows it again.
export function roomMessage(room, name, random) {
  const fill = String.fromCharCode(97 + random.below(26)).repeat(random.below(2000));
  return { room, name, length: fill.length, fill };
}

const isWhole = ({ length, fill }) => fill.length === length && fill === (fill[0] ?? "").repeat(length);

export class Client {
  #wire;
  #questions = new Map(); // by namespace and id: resolve
  #joining = new Map(); // by namespace: resolve
  #lastId = 0;
  #partial; // a packet whose attachments are still to come
  #flooded = 0;
  #heartbeat;
  #leaving = false; // from now on nothing needs to come
  #end;

  name; // unlike everybody else's
  rooms = new Set();
  offset; // of the last event of `/recover`
  // Resolves when the connection has ended: with undefined, or with what was wrong.
  ended = new Promise((resolve) => (this.#end = resolve));

  static async connect(port, options) {
    const client = new Client();
    client.#wire = await Wire.open(port, options);
    client.#read();
    if (options.eio === 3) {
      const ping = () => client.#wire.send("2").catch((error) => client.#fail(error));
      client.#heartbeat = setInterval(ping, client.#wire.open.pingInterval).unref();
    }
    return client;
  }

  get upgradable() {
    return this.#wire.upgradable;
  }

  join(namespace, auth) {
    const joined = new Promise((resolve) => this.#joining.set(namespace, resolve));
    const text = auth === undefined ? "" : JSON.stringify(auth);
    return this.#expect(`CONNECT to ${namespace}`, joined, `40${prefix(namespace)}${text}`);
  }

  // The main namespace, which clients of protocol 3 have joined by connecting.
  joinMain(eio) {
    return eio === 3 ? undefined : this.join("/");
  }

  leave(namespace) {
    return this.#send(`41${prefix(namespace)}`);
  }

  emit(event, ...args) {
    return this.#send(`42${JSON.stringify([event, ...args])}`);
  }

  // The arguments of the answer. Buffers go as attachments.
  ask(event, ...args) {
    return this.askIn("/", event, ...args);
  }

  askIn(namespace, event, ...args) {
    const id = ++this.#lastId;
    const answered = new Promise((resolve) => this.#questions.set(`${namespace}#${id}`, resolve));
    const attachments = [];
    const json = JSON.stringify([event, ...args], (_, value) => withoutBytes(value, attachments));
    const type = attachments.length === 0 ? `42` : `45${attachments.length}-`;
    const packets = [`${type}${prefix(namespace)}${id}${json}`, ...attachments];
    return this.#expect(`answer to ${event}`, answered, ...packets);
  }

  upgrade() {
    return this.#wire.upgrade();
  }

  // Hands out the wire for whatever is to be done with it: nothing that comes is looked at any more, and
  // nothing is answered.
  abandon() {
    this.#leaving = true;
    clearInterval(this.#heartbeat);
    return this.#wire;
  }

  async #expect(what, promise, ...packets) {
    await this.#send(...packets);
    const problem = this.ended.then((error) => {
      throw error ?? new Error(`the connection ended instead of: ${what}`);
    });
    problem.catch(() => {});
    return within(ANSWER_DEADLINE_MS, what, Promise.race([promise, problem]));
  }

  #send(...packets) {
    return this.#wire.send(...packets);
  }

  async #read() {
    try {
      for (;;) {
        const packet = await this.#wire.next();
        if (packet === "1") {
          break;
        }
        if (!this.#leaving) {
          this.#take(packet);
        }
      }
      this.#fail(new Error("the server closed the connection"));
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    clearInterval(this.#heartbeat);
    this.#end(this.#leaving ? undefined : error);
  }

  #take(packet) {
    if (typeof packet !== "string") {
      this.#takeAttachment(packet);
    } else if (packet[0] === "2") {
      this.#send("3").catch((error) => this.#fail(error));
    } else if (packet[0] === "4") {
      this.#takeMessage(packet);
    } else {
      assert.ok(packet === "3" || packet === "6", `odd packet ${packet}`);
    }
  }

  #takeAttachment(bytes) {
    assert.ok(this.#partial, "bytes that nothing has announced");
    this.#partial.attachments.push(bytes);
    if (this.#partial.attachments.length === this.#partial.count) {
      const { attachments, handle } = this.#partial;
      this.#partial = undefined;
      handle(attachments);
    }
  }

  #takeMessage(packet) {
    assert.equal(this.#partial, undefined, "a packet in the midst of attachments");
    const [, type, count, name, id, json] = PACKET.exec(packet);
    const namespace = name?.slice(0, -1) ?? "/";
    const handle = (attachments = []) => {
      const data = json === "" ? undefined : JSON.parse(json, (_, value) => withBytes(value, attachments));
      this.#dispatch(Number(type), namespace, id, data);
    };
    if (Number(type) >= BINARY_EVENT) {
      this.#partial = { count: Number(count), attachments: [], handle };
    } else {
      handle();
    }
  }

  #dispatch(type, namespace, id, data) {
    if (type === EVENT || type === BINARY_EVENT) {
      this.#takeEvent(namespace, id, data);
    } else if (type === ACK || type === BINARY_ACK) {
      take(this.#questions, `${namespace}#${id}`, "an answer that nobody asked for")(data);
    } else if (type === CONNECT) {
      this.#joining.has(namespace) && take(this.#joining, namespace)(data);
    } else {
      assert.notEqual(type, CONNECT_ERROR, `${namespace} refused: ${JSON.stringify(data)}`);
      assert.equal(type, DISCONNECT);
      assert.fail(`disconnected from ${namespace}`);
    }
  }

  #takeEvent(namespace, id, [event, ...args]) {
    if (namespace === "/recover") {
      this.offset = args.at(-1);
    }
    if (event === "room") {
      assert.ok(this.rooms.has(args[0].room), `a message of ${args[0].room}, where it is not`);
      assert.ok(isWhole(args[0]), "a message that is not whole");
    } else if (event === "broadcast") {
      assert.ok(isWhole(args[0]), "a message that is not whole");
    } else if (event === "flood") {
      assert.equal(args[0], this.#flooded, "out of order");
      ++this.#flooded;
    } else if (event === "question") {
      this.#send(`43${id}${JSON.stringify([this.name])}`).catch((error) => this.#fail(error));
    }
  }

  // Asks for messages that are numbered; resolves when the last one has come.
  async flood(count, size) {
    this.#flooded = 0;
    await this.emit("flood", count, size);
    await this.ask("echo", "after the flood");
    assert.equal(this.#flooded, count);
  }
}

const prefix = (namespace) => (namespace === "/" ? "" : `${namespace},`);

function take(map, key, complaint) {
  const value = map.get(key);
  assert.ok(value, complaint);
  map.delete(key);
  return value;
}

// Buffers come to a replacer as what their toJSON() says.
function withoutBytes(value, attachments) {
  if (value?.type !== "Buffer") {
    return value;
  }
  attachments.push(Buffer.from(value.data));
  return { _placeholder: true, num: attachments.length - 1 };
}

function withBytes(value, attachments) {
  return value?._placeholder ? attachments[value.num] : value;
}
