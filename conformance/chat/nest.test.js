// `sio_chat --profile nest` beside a Nest application: what clients hear of one they hear of the other.
import { after, before, describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { fileURLToPath } from "node:url";
import { startProgram } from "../support/server.js";
import { startRedis } from "../support/redis.js";
import { TRANSPORTS } from "../support/clients.js";
import { clusterScenarios, payloadScenarios, scenarios } from "./nest/scenarios.js";
import { requests, respond } from "./nest/requests.js";
import { SECRET } from "./nest/tokens.js";
import { Stage } from "./nest/stage.js";
import { startChat } from "./sio_chat.js";

const REFERENCE = fileURLToPath(new URL("../reference/nest/server.js", import.meta.url));
// It loads a thousand files, which takes a second where nothing else runs.
const REFERENCE_START_DEADLINE_MS = 60_000;

// `redis` is `{ redis: "host:port", redisKey }` or nothing.
function startReference({ redis, redisKey } = {}) {
  const cluster = redis === undefined ? [] : ["--redis", redis, "--redis-key", redisKey];
  const args = [REFERENCE, "--jwt-secret", SECRET, ...cluster];
  return startProgram(process.execPath, args, {}, REFERENCE_START_DEADLINE_MS);
}

function startOurs({ threads = 1, ...redis } = {}) {
  return startChat({ profile: "nest", jwtSecret: SECRET, threads, ...redis });
}

async function perform(scenario, servers, transport, isCluster = false) {
  const stage = new Stage(servers, transport);
  try {
    if (isCluster) {
      await stage.hearEachOther();
    }
    await scenario(stage);
  } finally {
    stage.close();
  }
  return stage.transcript;
}

describe("one server", () => {
  let reference;
  const ours = {}; // by the number of its threads
  before(async () => {
    [reference, ours[1], ours[3]] = await Promise.all([
      startReference(),
      startOurs({ threads: 1 }),
      startOurs({ threads: 3 }),
    ]);
  });
  after(() => Promise.all([reference, ours[1], ours[3]].map((server) => server?.stop())));

  async function compare(scenario, transport) {
    const [expected, ...transcripts] = await Promise.all(
      [reference, ours[1], ours[3]].map((server) => perform(scenario, [server], transport)),
    );
    for (const transcript of transcripts) {
      assert.deepEqual(transcript, expected);
    }
  }

  for (const [name, scenario] of Object.entries(scenarios)) {
    for (const transport of Object.keys(TRANSPORTS)) {
      test(`${name}, over ${transport}`, () => compare(scenario, transport));
    }
  }
  for (const [name, scenario] of Object.entries(payloadScenarios)) {
    test(name, () => compare(scenario, "websocket"));
  }

  for (const request of requests) {
    test(`${request.method} ${request.path} ${JSON.stringify(request.headers ?? {})}`, async () => {
      assert.deepEqual(await respond(ours[1], request), await respond(reference, request));
    });
  }

  // Guards the comparison: what is compared says what it should.
  test("the reference does what is known of Nest", async () => {
    const transcript = await perform(payloadScenarios["wrong payloads in the chat"], [reference], "websocket");
    const [entry] = transcript.filter(({ title }) => title === "ann asks /chat joinChat []");
    assert.deepEqual(entry, {
      title: "ann asks /chat joinChat []",
      acks: [],
      heard: {
        "ann /chat": [
          '["exception",{"status":"error","message":"Internal server error","cause":{"pattern":"joinChat"}}]',
        ],
      },
    });
    const tokens = await perform(payloadScenarios.tokens, [reference], "websocket");
    const heard = tokens.flatMap(({ heard }) => Object.values(heard).flat());
    for (const text of [
      '["authenticated",{"user":{"id":"ada","email":"ada@example.com","username":"Ada"},"timestamp":"<now>"}]',
      ...[
        "jwt malformed", "invalid token", "invalid signature", "jwt expired", "jwt not active",
        "jwt signature is required", "invalid algorithm",
      ].map((error) => `["authError",{"message":"Authentication failed","error":"${error}"}]`),
      "disconnect: io server disconnect",
    ]) {
      assert.ok(heard.includes(text), text);
    }
  });
});

// Four servers are in the cluster, and people on two of them.
describe("a cluster over Redis", () => {
  const servers = {};
  let redis;
  before(async () => {
    redis = await startRedis();
    const cluster = { redis: redis.address, redisKey: "chat" };
    servers.nest = await Promise.all([startReference(cluster), startReference(cluster)]);
    servers.ours = await Promise.all([startOurs(cluster), startOurs(cluster)]);
  });
  after(async () => {
    try {
      await Promise.all(Object.values(servers).flat().map((server) => server.stop()));
    } finally {
      await redis?.stop();
    }
  });

  const performOn = (scenario, kinds) =>
    perform(scenario, kinds.map((kind, i) => servers[kind][i]), "websocket", true);

  for (const [name, scenario] of Object.entries(clusterScenarios)) {
    test(name, async () => {
      const expected = await performOn(scenario, ["nest", "nest"]);
      for (const kinds of [["ours", "ours"], ["ours", "nest"], ["nest", "ours"]]) {
        assert.deepEqual(await performOn(scenario, kinds), expected, kinds.join(" and "));
      }
    });
  }
});
