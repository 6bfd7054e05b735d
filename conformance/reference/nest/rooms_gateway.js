// Section 3 of the seed document, but for `this.server.sockets.adapter`: the server of a gateway with
// a namespace is that namespace, whose adapter is `this.server.adapter`.
import { Logger } from "@nestjs/common";
import { WebSocketGateway } from "@nestjs/websockets";
import { declareGateway } from "./decorate.js";

export class RoomsGateway {
  logger = new Logger("RoomsGateway");

  async handleJoinRoom(data, client) {
    const rooms = Array.from(client.rooms).filter((room) => room !== client.id);
    rooms.forEach((room) => client.leave(room));
    await client.join(data.room);
    this.logger.log(`${data.username} joined room: ${data.room}`);
    this.server.to(data.room).emit("userJoinedRoom", {
      username: data.username,
      room: data.room,
      timestamp: new Date(),
    });
    const roomSize = this.server.adapter.rooms.get(data.room)?.size || 0;
    return { success: true, room: data.room, members: roomSize };
  }

  async handleLeaveRoom(data, client) {
    await client.leave(data.room);
    this.logger.log(`${data.username} left room: ${data.room}`);
    this.server.to(data.room).emit("userLeftRoom", {
      username: data.username,
      room: data.room,
      timestamp: new Date(),
    });
    return { success: true };
  }

  handleRoomMessage(data) {
    const roomMessage = {
      username: data.username,
      room: data.room,
      message: data.message,
      timestamp: new Date(),
    };
    this.server.to(data.room).emit("newRoomMessage", roomMessage);
    return { success: true };
  }

  async handleGetRoomMembers(data) {
    const room = this.server.adapter.rooms.get(data.room);
    if (!room) {
      return { members: [] };
    }
    const socketIds = Array.from(room);
    return { room: data.room, memberCount: socketIds.length, socketIds };
  }
}

declareGateway(RoomsGateway, {
  gateway: WebSocketGateway({ namespace: "/rooms" }),
  messages: {
    joinRoom: "handleJoinRoom",
    leaveRoom: "handleLeaveRoom",
    sendRoomMessage: "handleRoomMessage",
    getRoomMembers: "handleGetRoomMembers",
  },
});
