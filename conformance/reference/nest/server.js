// The application of seed document 002 on Nest, with the command line of `sio_chat --profile nest`:
// what it answers is what ours has to answer.
import { parseArgs } from "node:util";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { JwtModule } from "@nestjs/jwt";
import { AuthGateway } from "./auth_gateway.js";
import { ChatGateway } from "./chat_gateway.js";
import { JudgeController } from "./judge_controller.js";
import { RedisIoAdapter } from "./redis_adapter.js";
import { RoomsGateway } from "./rooms_gateway.js";

const CLOSE_DEADLINE_MS = 500;

const { values: flags } = parseArgs({
  options: Object.fromEntries(
    ["profile", "host", "port", "threads", "jwt-secret", "redis", "redis-key"].map((name) => [
      name,
      { type: "string" },
    ]),
  ),
});

class AppModule {}
Module({
  imports: [JwtModule.register({ secret: flags["jwt-secret"] })],
  controllers: [JudgeController],
  // Gateways of one port share a server with the options of the first of them.
  providers: [ChatGateway, RoomsGateway, AuthGateway],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: ["warn"] });
if (flags.redis) {
  const adapter = new RedisIoAdapter(app);
  await adapter.connectToRedis(flags.redis, flags["redis-key"]);
  app.useWebSocketAdapter(adapter);
}
await app.listen(Number(flags.port ?? 0), "127.0.0.1");
console.log(`listening on 127.0.0.1:${app.getHttpServer().address().port}`);

process.once("SIGTERM", () => {
  setTimeout(() => process.exit(0), CLOSE_DEADLINE_MS);
  app.close().finally(() => process.exit(0));
});
