// Several people, each with one connection to a server and a socket in each of its namespaces, and a
// record of everything that each of them hears. Two servers that behave alike give equal records:
// ids and times are replaced by what they stand for.
import { clientLibrary, LATEST, TRANSPORTS } from "../../support/clients.js";
import { DEFAULT_DEADLINE_MS, eventually, within } from "../../support/eventually.js";
import { userToken } from "./tokens.js";

const { Manager } = clientLibrary(LATEST);

const MARK = "stage:mark";
const DATE = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const LATEST_AGE_MS = 60_000;

export class Stage {
  transcript = [];
  #servers;
  #transport;
  #people = new Map();
  #ids = new Map();
  #marks = 0;

  constructor(servers, transport) {
    this.#servers = servers;
    this.#transport = transport;
  }

  // Somebody connects. `server` is the index of one of them; `handshake` are options of the client's
  // Manager, `auth` goes with the CONNECT of `/`. Whoever comes without a token of his own gets one.
  async enter(name, options = {}) {
    const { server = 0, handshake, auth = { token: userToken(name) } } = options;
    const namespaces = options.namespaces ?? ["/", "/chat", "/rooms"];
    const person = new Person(this.#servers[server].url, { ...TRANSPORTS[this.#transport], ...handshake });
    this.#people.set(name, person);
    await person.open(namespaces, auth, TRANSPORTS[this.#transport].transports.at(-1));
    for (const [namespace, { id, connected }] of person.sockets) {
      if (connected) {
        this.#ids.set(id, `<${name} ${namespace}>`);
      }
    }
    await this.#record(`${name} enters`);
  }

  // An event with an acknowledgement. What it answered is in the record: a list for each call.
  async ask(name, namespace, event, ...args) {
    const { person, acks } = this.#send(name, namespace, event, args, true);
    await this.#record(`${name} asks ${namespace} ${event} ${toText(args)}`, person, acks);
  }

  // The same without one.
  async tell(name, namespace, event, ...args) {
    const { person } = this.#send(name, namespace, event, args, false);
    await this.#record(`${name} tells ${namespace} ${event} ${toText(args)}`, person);
  }

  async post(path, body, server = 0) {
    const response = await fetch(this.#servers[server].url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    await this.#record(`POST ${path} ${toText(body)}: ${response.status} ${await response.text()}`);
  }

  async leave(name, namespace) {
    const person = this.#people.get(name);
    person.sockets.get(namespace).disconnect();
    await this.#record(`${name} leaves ${namespace}`, person);
  }

  // The connection ends. Its socket in `/rooms` is the last of which the server knows, and somebody else
  // on that server asks whether it still does.
  async disconnect(name) {
    const person = this.#people.get(name);
    this.#people.delete(name);
    const witness = [...this.#people.values()].find(({ url, sockets }) => url === person.url && sockets.has("/rooms"));
    const { id } = person.sockets.get("/rooms");
    person.manager._close();
    await eventually(`the server knows that ${name} is gone`, async () => {
      return (await witness.membersOf(id)).memberCount === undefined;
    });
    await this.#record(`${name} is gone`);
  }

  id(name, namespace) {
    return this.#people.get(name).sockets.get(namespace).id;
  }

  // Servers of one cluster hear each other some time after they listen.
  async hearEachOther() {
    const people = this.#servers.map(({ url }) => new Person(url, TRANSPORTS.websocket));
    await Promise.all(people.map((person) => person.open(["/"], { token: userToken("nobody") }, "websocket")));
    await eventually("every server hears all others", async () => {
      await this.#mark();
      return people.every((person) => person.heardFrom.size === this.#servers.length);
    });
    people.forEach((person) => person.manager._close());
  }

  close() {
    for (const person of this.#people.values()) {
      person.manager._close();
    }
    this.#people.clear();
  }

  #send(name, namespace, event, args, withAck) {
    const person = this.#people.get(name);
    const acks = [];
    const callback = withAck ? [(...answer) => acks.push(answer)] : [];
    person.sockets.get(namespace).emit(event, ...args, ...callback);
    return { person, acks };
  }

  // When nothing more can come of what `actor` did: waits until its server is done with it, and then
  // until a later event of every server has reached everybody.
  async #record(title, actor, acks) {
    await actor?.roundTrip();
    await actor?.roundTrip();
    const mark = await this.#mark();
    const present = [...this.#people].filter(([, person]) => person.sockets.get("/")?.connected);
    await eventually(`everybody hears ${MARK} ${mark}`, () =>
      present.every(([, person]) => person.heardMark(mark, this.#servers.length)),
    );
    const heard = {};
    for (const [name, person] of this.#people) {
      Object.assign(heard, person.takeHeard(name));
    }
    this.transcript.push(this.#mask({ title, ...(acks && { acks: acks.map(toText) }), heard }));
  }

  async #mark() {
    const mark = ++this.#marks;
    for (const [server, { url }] of this.#servers.entries()) {
      const response = await fetch(`${url}/judge/broadcast`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ event: MARK, data: { mark, server } }),
      });
      await response.arrayBuffer();
    }
    return mark;
  }

  #mask(entry) {
    let text = JSON.stringify(entry);
    for (const [id, name] of this.#ids) {
      text = text.replaceAll(id, name);
    }
    const isRecent = (date) => Math.abs(Date.now() - Date.parse(date)) < LATEST_AGE_MS;
    return JSON.parse(text.replace(DATE, (date) => (isRecent(date) ? "<now>" : date)));
  }
}

class Person {
  sockets = new Map(); // by namespace
  heardFrom = new Set(); // servers
  #heard = new Map(); // by namespace
  #marks = new Map(); // mark -> servers

  constructor(url, options) {
    this.url = url;
    this.manager = new Manager(url, { reconnection: false, forceNew: true, autoConnect: false, ...options });
  }

  async open(namespaces, auth, transport) {
    const settled = namespaces.map((namespace) => this.#join(namespace, auth));
    await within(DEFAULT_DEADLINE_MS, "answer to each CONNECT", Promise.all(settled));
    await eventually(`transport ${transport}`, () => this.manager.engine.transport.name === transport);
    await this.roundTrip();
    await this.roundTrip();
  }

  // Waits for the answer to an event that changes nothing.
  async roundTrip() {
    if (this.sockets.get("/rooms")?.connected) {
      await this.membersOf("nobody's");
    }
  }

  membersOf(room) {
    const answered = new Promise((resolve) => {
      this.sockets.get("/rooms").emit("getRoomMembers", { room }, resolve);
    });
    return within(DEFAULT_DEADLINE_MS, "answer to getRoomMembers", answered);
  }

  heardMark(mark, servers) {
    return this.#marks.get(mark)?.size === servers;
  }

  takeHeard(name) {
    const heard = {};
    for (const [namespace, lines] of this.#heard) {
      if (lines.length > 0) {
        heard[`${name} ${namespace}`] = lines.splice(0);
      }
    }
    return heard;
  }

  #join(namespace, auth) {
    const socket = this.manager.socket(namespace, namespace === "/" ? { auth } : {});
    const lines = [];
    this.sockets.set(namespace, socket);
    this.#heard.set(namespace, lines);
    socket.onAny((event, ...args) => {
      if (event === MARK) {
        this.#hearMark(args[0]);
      } else {
        lines.push(toText([event, ...args]));
      }
    });
    socket.on("disconnect", (reason) => lines.push(`disconnect: ${reason}`));
    return new Promise((resolve) => {
      socket.once("connect", resolve);
      socket.once("connect_error", ({ message, data }) => {
        lines.push(`connect_error: ${message} ${toText(data)}`);
        resolve();
      });
      socket.connect();
    });
  }

  #hearMark({ mark, server }) {
    const servers = this.#marks.get(mark) ?? new Set();
    this.#marks.set(mark, servers.add(server));
    this.heardFrom.add(server);
  }
}

// The order of keys is part of what is compared.
function toText(value) {
  return JSON.stringify(value) ?? "undefined";
}
