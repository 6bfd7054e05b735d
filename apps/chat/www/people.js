// Who is online, and since when the others are not.
const MOST_ASKED = 100;

export class People {
  #states = new Map(); // { online, lastSeen } by name
  #connection;

  constructor(connection) {
    this.#connection = connection;
  }

  set(name, state) {
    this.#states.set(name, { ...this.#states.get(name), ...state });
  }

  isOnline(name) {
    return Boolean(this.#states.get(name)?.online);
  }

  nobodyIsOnline() {
    this.#states.forEach((state) => (state.online = false));
  }

  // { name, online, lastSeen }, those who are online first.
  of(names) {
    const people = [...names].map((name) => ({ name, online: false, ...this.#states.get(name) }));
    return people.sort((a, b) => b.online - a.online || a.name.localeCompare(b.name));
  }

  // Asks for the members of a room, and since when they have been away.
  async refresh(room) {
    const { members } = await this.#ask("getRoomMembers", { room: room.name }, { members: null });
    if (members !== null) {
      room.members = new Set(members.map(({ username }) => username));
      members.forEach(({ username, online }) => this.set(username, { online }));
      const away = [...room.members].filter((name) => !this.isOnline(name)).slice(0, MOST_ASKED);
      const { presence } = away.length > 0 ? await this.#ask("getPresence", { users: away }) : {};
      presence?.forEach(({ username, ...state }) => this.set(username, state));
    }
  }

  #ask(event, payload, otherwise = {}) {
    return this.#connection.ask(event, payload).catch(() => otherwise);
  }
}
