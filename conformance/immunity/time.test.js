// The wall clock jumps while the server runs, as NTP makes it: nothing may expire early, or late. The
// server gets its wall clock from wall_clock.c; the steady clock is left alone.
import { after, afterEach, before, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ask, assertAnswers, goneInfo } from "../support/application.js";
import { openPolling, openWebSocket } from "../support/engine.js";
import { RawSocket, formatRequest, request } from "../support/raw.js";
import { startServer } from "../support/server.js";
import { oursOnly } from "../support/target.js";

const INTERVAL_MS = 300;
const TIMEOUT_MS = 1000;
const RECOVERY_MS = 1500;
const ASK_TIMEOUT_MS = 1000; // of the application's `askMe`
const HOURS = 6;
const LATE_MS = 5000; // nobody waits for so long when the clock goes back by hours

// The wall clock of a server, off by any number of hours.
class WallClock {
  #folder = mkdtempSync(join(tmpdir(), "wall-clock-"));
  #file = join(this.#folder, "offset");
  #offset = openSync(this.#file, "w");

  constructor() {
    const library = join(this.#folder, "wall_clock.so");
    const source = fileURLToPath(new URL("wall_clock.c", import.meta.url));
    execFileSync("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl"]);
    this.set(0);
    this.env = { LD_PRELOAD: library, WALL_CLOCK_OFFSET: this.#file };
  }

  set(hours) {
    const seconds = Buffer.alloc(8);
    seconds.writeBigInt64LE(BigInt(hours * 3600));
    writeSync(this.#offset, seconds, 0, seconds.length, 0);
  }

  remove() {
    closeSync(this.#offset);
    rmSync(this.#folder, { recursive: true });
  }
}

describe("the wall clock jumps", oursOnly("its recovery expires by the wall clock"), () => {
  let clock;
  let server;
  before(async () => {
    clock = new WallClock();
    const flags = { pingInterval: INTERVAL_MS, pingTimeout: TIMEOUT_MS, recovery: RECOVERY_MS };
    server = await startServer(flags, { env: clock.env });
  });
  afterEach(() => clock.set(0));
  after(async () => {
    await server?.stop();
    clock?.remove();
    assert.doesNotMatch(server.output(), /waits by the wall clock/);
  });

  // When this resolves, the server tells the new time.
  async function jump(hours) {
    clock.set(hours);
    const { headers } = await request(server.port, { path: "/socket.io/" });
    const [, date] = headers.find(([name]) => name.toLowerCase() === "date");
    assert.ok(Math.abs(Date.parse(date) - Date.now() - hours * 3_600_000) < 60_000, date);
  }

  for (const [direction, hours] of [["forwards", HOURS], ["back", -HOURS]]) {
    describe(direction, () => {
      test("a client that answers pings stays, over WebSocket and polling", async () => {
        const session = await joined();
        const polling = await openPolling(server.port);
        const get = await polling.pendingGet();
        await jump(hours);
        assert.equal((await get.readResponse()).text, "2");
        await polling.send("3");
        await pings(session, 2);
        await assertAnswers(session);
        await polling.send("1");
        get.destroy();
        session.ws.destroy();
      });

      test("a client that does not is given up in its time", async () => {
        const begin = performance.now();
        const { ws } = await openWebSocket(server.port);
        await jump(hours);
        assert.equal(await ws.nextText(LATE_MS), "2");
        await ws.waitClose(LATE_MS);
        assert.ok(performance.now() - begin >= INTERVAL_MS + TIMEOUT_MS);
      });

      test("an acknowledgement that does not come is given up in its time", async () => {
        const session = await joined();
        const begin = performance.now();
        const answer = ask(session, "askMe");
        await jump(hours);
        assert.deepEqual(await answer, [{ ok: false, error: "operation has timed out" }]);
        const waited = performance.now() - begin;
        assert.ok(waited >= ASK_TIMEOUT_MS && waited < LATE_MS, `${waited} ms`);
        session.ws.destroy();
      });

      test("what is half sent and who has not joined yet may take their time", async () => {
        const session = await openWebSocket(server.port);
        const polling = await openPolling(server.port);
        const [head, idle, body] = await Promise.all([1, 2, 3].map(() => RawSocket.connect(server.port)));
        const get = formatRequest({ path: "/socket.io/" });
        const post = formatRequest({ method: "POST", path: polling.target, body: "6" });
        head.send(get.subarray(0, 20));
        body.send(post.subarray(0, -1));
        idle.send(get);
        await idle.readResponse();
        await jump(hours);
        await pings(session, 2);
        head.send(get.subarray(20));
        body.send(post.subarray(-1));
        idle.send(get);
        const answers = await Promise.all([head, idle, body].map((socket) => socket.readResponse()));
        assert.deepEqual(answers.map(({ status }) => status), [400, 400, 200]);
        await session.join();
        [head, idle, body, session.ws].forEach((connection) => connection.destroy());
      });

      test("a lost client is remembered for as long as it was promised", async () => {
        const observer = await joined();
        const lost = await lose(observer);
        await jump(hours);
        assert.equal((await recover(lost)).recovered, true);

        const late = await lose(observer);
        clock.set(0); // a jump, too
        await pings(observer, RECOVERY_MS / INTERVAL_MS + 1);
        assert.equal((await recover(late)).recovered, false);
        observer.ws.destroy();
      });
    });
  }

  async function joined() {
    const session = await openWebSocket(server.port);
    await session.join();
    return session;
  }

  // Joins /recover; resolves with what a client needs to come back, and whether it has come back.
  async function recover(auth) {
    const session = await openWebSocket(server.port);
    const { sid, pid = auth.pid } = await session.join("/recover", auth);
    const [, info, offset] = JSON.parse((await session.next()).slice("42/recover,".length));
    return { session, sid, pid, offset, recovered: info.recovered };
  }

  async function lose(observer) {
    const { session, sid, pid, offset } = await recover();
    session.ws.socket.reset();
    await goneInfo(observer, sid);
    return { pid, offset };
  }
});

// As many pings come, and are answered.
async function pings({ ws }, count) {
  for (let i = 0; i < count; ++i) {
    assert.equal(await ws.nextText(LATE_MS), "2");
    ws.sendText("3");
  }
}
