// Section 2 of the seed document.
import { Logger } from "@nestjs/common";
import { WebSocketGateway } from "@nestjs/websockets";
import { declareGateway } from "./decorate.js";

export class ChatGateway {
  logger = new Logger("ChatGateway");
  connectedUsers = new Map(); // socketId -> username

  afterInit() {
    this.logger.log("WebSocket Gateway initialized");
  }

  handleConnection(client) {
    this.logger.log(`Client connected: ${client.id}`);
    client.emit("welcome", { message: "Welcome to the chat!", timestamp: new Date() });
  }

  handleDisconnect(client) {
    const username = this.connectedUsers.get(client.id);
    this.connectedUsers.delete(client.id);
    this.logger.log(`Client disconnected: ${client.id} (${username})`);
    if (username) {
      this.server.emit("userLeft", { username, timestamp: new Date() });
    }
  }

  handleJoinChat(data, client) {
    this.connectedUsers.set(client.id, data.username);
    this.server.emit("userJoined", { username: data.username, timestamp: new Date() });
    const onlineUsers = Array.from(this.connectedUsers.values());
    client.emit("onlineUsers", { users: onlineUsers });
    return { success: true, username: data.username };
  }

  handleMessage(data, client) {
    const username = this.connectedUsers.get(client.id);
    if (!username) {
      return { error: "You must join the chat first" };
    }
    const chatMessage = { username, message: data.message, timestamp: new Date() };
    this.server.emit("newMessage", chatMessage);
    return { success: true };
  }

  handleTyping(data, client) {
    const username = this.connectedUsers.get(client.id);
    if (username) {
      client.broadcast.emit("userTyping", { username, isTyping: data.isTyping });
    }
  }
}

declareGateway(ChatGateway, {
  gateway: WebSocketGateway({
    cors: {
      origin: ["http://localhost:3000", "https://yourdomain.com"],
      credentials: true,
    },
    namespace: "/chat",
  }),
  messages: { joinChat: "handleJoinChat", sendMessage: "handleMessage", typing: "handleTyping" },
});
