// The sharded adapter: createShardedAdapter() of @socket.io/redis-adapter.
import { describe } from "node:test";
import { describeBattery } from "./battery.js";
import { sharedCluster } from "./nodes.js";

for (const subscriptionMode of ["static", "dynamic", "dynamic-private"]) {
  describe(`sharded adapter, ${subscriptionMode}`, { concurrency: false }, () => {
    describeBattery(sharedCluster({ adapter: "redis-sharded", subscriptionMode }));
  });
}
