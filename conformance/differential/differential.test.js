// Plays the same bytes at the Node reference and at the server under test, and compares what comes
// back. SIO_SEED and SIO_SCRIPTS (per kind) change what is generated.
import { after, before, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { request } from "../support/raw.js";
import { isReference } from "../support/target.js";
import { Player } from "./player.js";
import { startPair } from "./pair.js";
import { knownDifference } from "./known_differences.js";
import * as written from "./scripts.js";
import * as generated from "./generated.js";

const SEED = Number(process.env.SIO_SEED ?? 1);
const PER_KIND = Number(process.env.SIO_SCRIPTS ?? 30);
const AT_A_TIME = 8;

async function play(script, port) {
  const player = new Player(port);
  try {
    await script.run(player);
  } catch (error) {
    player.note(`failed: ${error.message}`);
  }
  return player.notes;
}

function comparePair(title, flags, scripts) {
  describe(title, { concurrency: AT_A_TIME }, () => {
    let pair;
    before(async () => {
      pair = await startPair(flags);
    });
    after(async () => {
      const path = `${flags.mode === "eio" ? "/engine.io/" : "/socket.io/"}?EIO=4&transport=polling`;
      const answers = pair.ports.map(async (port) => (await request(port, { path })).status);
      assert.deepEqual(await Promise.all(answers), [200, 200], "a server has not survived");
      await pair.stop();
    });

    for (const script of scripts) {
      const known = isReference ? undefined : knownDifference(script);
      test(known === undefined ? script.name : `${script.name} (may differ: ${known.reason})`, async () => {
        const [reference, tested] = await Promise.all(pair.ports.map((port) => play(script, port)));
        assert.ok(reference.length > 0);
        if (known === undefined) {
          assert.deepEqual(tested, reference);
        }
      });
    }
  });
}

const ENGINE = { mode: "eio", maxPayload: 2000 };

comparePair("Engine.IO", ENGINE, [
  ...written.engineScripts(),
  ...generated.payloadScripts(PER_KIND, SEED),
]);

comparePair("WebSocket frames", ENGINE, [
  ...written.frameScripts(),
  ...generated.frameScripts(PER_KIND, SEED),
]);

comparePair("HTTP", { mode: "app", maxPayload: 5000 }, [
  ...written.requestScripts(),
  ...generated.queryScripts(PER_KIND, SEED),
  ...generated.methodScripts(PER_KIND, SEED),
  ...generated.segmentScripts(PER_KIND, SEED),
]);

comparePair("CORS, cookie, protocol 3", { mode: "app", allowEio3: true, corsOrigin: "*", cookie: "io" }, [
  ...written.compatibilityScripts(),
  ...generated.queryScripts(PER_KIND, SEED + 1),
]);

comparePair("Engine.IO protocol 3", { ...ENGINE, allowEio3: true }, [
  ...generated.eio3PayloadScripts(PER_KIND, SEED),
]);

comparePair("Socket.IO packets", { mode: "app" }, [
  ...written.packetScripts(),
  ...generated.packetScripts(PER_KIND, SEED),
]);

comparePair("msgpack", { mode: "app", parser: "msgpack" }, [...generated.msgpackScripts(PER_KIND, SEED)]);
