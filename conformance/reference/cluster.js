// How the reference server joins a cluster: the official adapters on node-redis.
import { createClient } from "redis";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";

// Resolves to the option `adapter`, and to what ends the connections.
export async function joinCluster(flags) {
  if (flags.adapter === "none") {
    return { adapter: undefined, leave: () => {} };
  }
  const client = await connect(flags.redis);
  const subscriber = await connect(flags.redis);
  return {
    adapter: ADAPTERS[flags.adapter](client, subscriber, flags),
    leave() {
      client.destroy();
      subscriber.destroy();
    },
  };
}

async function connect(address) {
  const client = createClient({ url: `redis://${address}` });
  client.on("error", () => {}); // it connects again by itself
  await client.connect();
  return client;
}

export const ADAPTERS = {
  redis: (client, subscriber, flags) =>
    createAdapter(client, subscriber, {
      key: flags["redis-key"],
      requestsTimeout: Number(flags["requests-timeout"] ?? 5000),
      publishOnSpecificResponseChannel: flags["specific-response-channel"] === "on",
    }),
  "redis-sharded": (client, subscriber, flags) =>
    createShardedAdapter(client, subscriber, {
      channelPrefix: flags["redis-key"],
      subscriptionMode: flags["subscription-mode"] ?? "dynamic",
    }),
  "redis-streams": (client, _subscriber, flags) =>
    createStreamsAdapter(client, {
      streamName: flags["redis-key"],
      channelPrefix: flags["redis-key"],
    }),
};
