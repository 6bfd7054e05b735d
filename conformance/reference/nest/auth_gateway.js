// Section 4 of the seed document.
import { Inject, Logger, UnauthorizedException } from "@nestjs/common";
import { JwtService } from "@nestjs/jwt";
import { WebSocketGateway } from "@nestjs/websockets";
import { declareGateway } from "./decorate.js";

export class AuthGateway {
  logger = new Logger("AuthGateway");

  constructor(jwtService) {
    this.jwtService = jwtService;
  }

  async handleConnection(client) {
    try {
      const token = this.extractToken(client);
      if (!token) {
        throw new UnauthorizedException("No token provided");
      }
      const payload = await this.jwtService.verifyAsync(token);
      client.user = { id: payload.sub, email: payload.email, username: payload.username };
      await client.join(`user:${payload.sub}`);
      this.logger.log(`Authenticated user connected: ${client.user.username} (${client.id})`);
      client.emit("authenticated", { user: client.user, timestamp: new Date() });
    } catch (error) {
      this.logger.error(`Authentication failed: ${error.message}`);
      client.emit("authError", { message: "Authentication failed", error: error.message });
      client.disconnect();
    }
  }

  handleDisconnect(client) {
    if (client.user) {
      this.logger.log(`Authenticated user disconnected: ${client.user.username}`);
    }
  }

  extractToken(client) {
    const queryToken = client.handshake.query.token;
    if (queryToken) return queryToken;

    const authHeader = client.handshake.headers.authorization;
    if (authHeader?.startsWith("Bearer ")) {
      return authHeader.substring(7);
    }

    const authToken = client.handshake.auth?.token;
    if (authToken) return authToken;

    return null;
  }

  sendToUser(userId, event, data) {
    this.server.to(`user:${userId}`).emit(event, data);
  }

  broadcastToAuthenticated(event, data) {
    this.server.emit(event, data);
  }
}

declareGateway(AuthGateway, {
  gateway: WebSocketGateway({
    cors: { origin: process.env.FRONTEND_URL, credentials: true },
  }),
});
Inject(JwtService)(AuthGateway, undefined, 0);
