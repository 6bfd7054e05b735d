// Section 5 of the seed document, with the address and the key of the channels from the command line.
import { IoAdapter } from "@nestjs/platform-socket.io";
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";

export class RedisIoAdapter extends IoAdapter {
  async connectToRedis(address, key) {
    this.clients = [createClient({ url: `redis://${address}` })];
    this.clients.push(this.clients[0].duplicate());
    for (const client of this.clients) {
      client.on("error", (error) => console.error(error.message));
    }
    await Promise.all(this.clients.map((client) => client.connect()));
    this.adapterConstructor = createAdapter(...this.clients, key === undefined ? {} : { key });
  }

  createIOServer(port, options) {
    const server = super.createIOServer(port, options);
    server.adapter(this.adapterConstructor);
    return server;
  }
}
