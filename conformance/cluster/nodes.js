// A cluster over a Redis of its own: two Node servers and two of ours, each with one client.
import { after, afterEach, before } from "node:test";
import { strict as assert } from "node:assert";
import { askOne, closeAll, connectClient } from "../support/clients.js";
import { eventually, record } from "../support/eventually.js";
import { startRedis } from "../support/redis.js";
import { startServer } from "../support/server.js";

export const NODES = [
  { name: "node-1", reference: true },
  { name: "node-2", reference: true },
  { name: "ours-1", reference: false },
  { name: "ours-2", reference: false },
];
export const NAMES = NODES.map(({ name }) => name);

// Registers the hooks and returns the cluster, which has `redis` and `servers` while the tests run.
export function sharedCluster(flags) {
  const cluster = new Cluster(flags);
  before(() => cluster.start());
  afterEach(closeAll);
  after(() => cluster.stop());
  return cluster;
}

class Cluster {
  #flags;
  #barriers = 0;

  constructor(flags) {
    this.#flags = flags;
  }

  async start() {
    this.redis = await startRedis();
    this.servers = await Promise.all(NODES.map((node) => this.startNode(node)));
    await this.isWhole(this.servers);
  }

  startNode({ name, reference }) {
    return startServer(
      { ...this.#flags, nodeName: name, redis: this.redis.address },
      { reference },
    );
  }

  // Every server knows of all others.
  async isWhole(servers, namespace = "/") {
    for (const server of servers) {
      const client = await connectClient(server, { transports: ["websocket"], namespace });
      await eventually(`${servers.length} servers in the cluster`, async () => {
        const { result } = await askOne(client, "op", { do: "serverCount" });
        return result === servers.length;
      });
    }
    closeAll();
  }

  async stop() {
    try {
      await Promise.all(this.servers.map((server) => server.stop()));
    } finally {
      await this.redis.stop();
    }
  }

  // One client for each server, in the order of NODES. Those of the test before are gone when it resolves.
  async connect(options = {}) {
    const clients = await Promise.all(
      this.servers.map((server) => connectClient(server, { transports: ["websocket"], ...options })),
    );
    if (this.#flags.subscriptionMode === "dynamic-private") {
      await Promise.all(clients.map(({ id }) => this.#isSubscribed(id, 1, options.namespace)));
    }
    await Promise.all(clients.map((client) => this.#isAlone(client)));
    return clients;
  }

  // Lets clients join a room. A server that subscribes rooms has asked Redis for it when it answers the
  // client, but Redis need not have heard it.
  async join(clients, room, members) {
    for (const i of members) {
      await askOne(clients[i], "join", room);
    }
    if (this.#flags.subscriptionMode?.startsWith("dynamic")) {
      await Promise.all([room].flat().map((name) => this.#isSubscribed(name, members.length)));
    }
  }

  async #isAlone(client) {
    await eventually("the clients before it are gone", async () =>
      (await askOne(client, "serverStats")).sockets === 1);
  }

  async #isSubscribed(room, servers, namespace = "/") {
    const channel = `${this.#flags.redisKey ?? "socket.io"}#${namespace}#${room}#`;
    await eventually(`${servers} servers listen to ${channel}`, async () => {
      const counts = await this.redis.client.sendCommand(["PUBSUB", "SHARDNUMSUB", channel]);
      return counts[1] >= servers;
    });
  }

  // Lets the server of clients[from] carry out `spec`, which sends the event `news`. Resolves with what
  // each client got, when nothing more can come.
  async news(clients, from, spec) {
    const seen = clients.map((client) => record(client, "news"));
    const id = ++this.#barriers;
    const ends = clients.map((client) => record(client, `end-${id}`));
    await succeed(clients[from], { event: "news", ...spec });
    await succeed(clients[from], { do: "emit", event: `end-${id}` });
    await eventually("the last event", () => ends.every((end) => end.length === 1));
    return seen;
  }
}

export function operate(client, spec) {
  return askOne(client, "op", spec);
}

export async function succeed(client, spec) {
  const answer = await operate(client, spec);
  assert.ok(answer?.ok, JSON.stringify(answer));
  return answer.result;
}

export async function fail(client, spec) {
  const answer = await operate(client, spec);
  assert.equal(answer?.ok, false, JSON.stringify(answer));
  return answer;
}
