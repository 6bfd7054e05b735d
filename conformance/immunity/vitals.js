// What a server process holds, seen from outside: memory, descriptors, sessions, sockets, rooms.
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { strict as assert } from "node:assert";
import { openPolling, openWebSocket } from "../support/engine.js";
import { ask } from "../support/application.js";
import { eventually } from "../support/eventually.js";
import { THREADS } from "../support/server.js";

export const MIB = 1 << 20;
const ROUNDS = 6;
const CROWD = 8;
const PAGES = MIB / 2; // the allocator gives memory back in pieces of about this size
const CLOCK_TICKS_PER_SECOND = 100;
const FRAGMENTATION_ROUNDS = 4;

export class Vitals {
  // The noise is what ordinary clients alone make the memory vary by, once the server is warm.
  static async of(server) {
    const vitals = new Vitals(server);
    const idle = vitals.sockets();
    const samples = [];
    for (let i = 0; i < ROUNDS; ++i) {
      await vitals.#ordinaryClients();
      await eventually("the crowd has left", () => vitals.sockets() === idle);
      samples.push(vitals.memory());
    }
    vitals.#idleDescriptors = vitals.descriptors(); // not before: some are opened when they are needed
    const warm = samples.slice(ROUNDS / 2);
    vitals.noise = Math.max(...warm) - Math.min(...warm) + PAGES;
    return vitals;
  }

  #idleDescriptors;

  constructor(server) {
    this.server = server;
  }

  // Without the one io_uring that each shard makes when it first has much to send, and keeps.
  descriptors() {
    const folder = `/proc/${this.server.pid}/fd`;
    return readdirSync(folder).filter((name) => !linkOf(`${folder}/${name}`).includes("io_uring")).length;
  }

  // The listening one, connections, and pairs of the process itself.
  sockets() {
    const folder = `/proc/${this.server.pid}/fd`;
    return readdirSync(folder).filter((name) => linkOf(`${folder}/${name}`).startsWith("socket:")).length;
  }

  memory() {
    return this.#status("VmRSS");
  }

  // The most since resetPeak().
  peak() {
    return this.#status("VmHWM");
  }

  resetPeak() {
    writeFileSync(`/proc/${this.server.pid}/clear_refs`, "5");
  }

  // Milliseconds of processor time, of all threads.
  cpu() {
    const fields = readFileSync(`/proc/${this.server.pid}/stat`, "latin1").split(") ")[1].split(" ");
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / CLOCK_TICKS_PER_SECOND;
  }

  // An ordinary client is served over both transports; beside it there is no session, socket or room;
  // without it there is no descriptor too many.
  async assertHealthy() {
    await eventually("every session, socket and room is gone", async () => {
      const session = await openWebSocket(this.server.port);
      try {
        await session.join();
        const [{ clients, sockets, rooms }] = await ask(session, "serverStats");
        assert.deepEqual({ clients, sockets, rooms }, { clients: 1, sockets: 1, rooms: 1 });
        return true;
      } finally {
        session.ws.destroy();
      }
    });
    await this.#pollingClient();
    await eventually("every descriptor is closed", () => {
      assert.equal(this.descriptors(), this.#idleDescriptors);
      return true;
    });
  }

  // `attack` run again and again holds no more memory each time. A fragmented heap, of which each thread
  // has one, may grow once or twice, a leak grows always.
  async assertNoLeak(attack) {
    const growth = [];
    let before = this.memory();
    for (let i = 0; i < FRAGMENTATION_ROUNDS * THREADS; ++i) {
      await attack();
      const after = this.memory();
      growth.push(after - before);
      if (after - before <= this.noise) {
        return;
      }
      before = after;
    }
    assert.fail(`the memory grows each time, by ${growth} bytes; the noise is ${this.noise}`);
  }

  async #ordinaryClients() {
    const clients = Array.from({ length: CROWD }, async () => {
      const session = await openWebSocket(this.server.port);
      await session.join();
      await ask(session, "echo", ["x".repeat(10_000)]);
      session.ws.destroy();
      await this.#pollingClient();
    });
    await Promise.all(clients);
  }

  async #pollingClient() {
    const session = await openPolling(this.server.port);
    await session.join();
    assert.deepEqual(await ask(session, "echo", ["polling"]), ["polling"]);
    await session.send("1");
  }

  #status(field) {
    const text = readFileSync(`/proc/${this.server.pid}/status`, "latin1");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)[1]) * 1024;
  }
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // closed since the folder was read
  }
}
