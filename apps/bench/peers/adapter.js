// What connects a peer with the other servers of its cluster.
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { createClient } from "redis";

const makers = {
  redis: async (client) => createAdapter(client, await connectedCopy(client)),
  sharded: async (client) =>
    createShardedAdapter(client, await connectedCopy(client), { subscriptionMode: "dynamic" }),
  streams: async (client) => createStreamsAdapter(client),
};

async function connectedCopy(client) {
  const copy = client.duplicate();
  await copy.connect();
  return copy;
}

// `redis` is HOST:PORT.
export async function makeAdapter(name, redis) {
  const client = createClient({ url: `redis://${redis}` });
  await client.connect();
  return makers[name](client);
}
