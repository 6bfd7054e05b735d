// Decorators without a compiler: applies to a class what TypeScript would.
import "reflect-metadata";
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketServer } from "@nestjs/websockets";

// `gateway` is the class decorator, `messages` names the handler of each event. Handlers take the
// payload and the socket; every gateway has a field `server`.
export function declareGateway(Gateway, { gateway, messages = {} }) {
  gateway(Gateway);
  WebSocketServer()(Gateway.prototype, "server");
  for (const [event, method] of Object.entries(messages)) {
    const descriptor = Object.getOwnPropertyDescriptor(Gateway.prototype, method);
    SubscribeMessage(event)(Gateway.prototype, method, descriptor);
    MessageBody()(Gateway.prototype, method, 0);
    ConnectedSocket()(Gateway.prototype, method, 1);
  }
}
