// Two routes that are not in the seed document, so that a test can reach the functions of section 4
// that no client calls.
import { Body, Controller, Inject, Post } from "@nestjs/common";
import { AuthGateway } from "./auth_gateway.js";

export class JudgeController {
  constructor(gateway) {
    this.gateway = gateway;
  }

  sendToUser({ userId, event, data }) {
    this.gateway.sendToUser(userId, event, data);
    return { success: true };
  }

  broadcast({ event, data }) {
    this.gateway.broadcastToAuthenticated(event, data);
    return { success: true };
  }
}

Controller("judge")(JudgeController);
Inject(AuthGateway)(JudgeController, undefined, 0);
for (const [path, method] of [
  ["send-to-user", "sendToUser"],
  ["broadcast", "broadcast"],
]) {
  Post(path)(
    JudgeController.prototype,
    method,
    Object.getOwnPropertyDescriptor(JudgeController.prototype, method),
  );
  Body()(JudgeController.prototype, method, 0);
}
