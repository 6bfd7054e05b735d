// All rooms, as the server lists them.
export class Directory {
  #rooms = []; // { room, members, capacity, closed, metadata }
  #connection;

  constructor(connection) {
    this.#connection = connection;
  }

  async refresh() {
    const answer = await this.#connection.ask("listRooms", {}).catch(() => null);
    this.#rooms = answer?.rooms ?? this.#rooms;
  }

  has(name) {
    return this.#rooms.some(({ room }) => room === name);
  }

  // Whoever makes an encrypted room says so in its metadata.
  isEncrypted(name) {
    return this.#rooms.some(({ room, metadata }) => room === name && Boolean(metadata?.encrypted));
  }

  // Those that are not among `ours`, for the sidebar.
  others(ours) {
    return this.#rooms
      .filter(({ room }) => !ours.has(room))
      .map(({ room: name, members, closed }) => {
        return { name, members, closed, encrypted: this.isEncrypted(name), unread: 0, joined: false };
      });
  }
}
