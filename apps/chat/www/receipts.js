// Tells the authors that their messages have arrived and were read, and asks who has read ours.
const COLLECT_MS = 200;
const MOST_IDS = 100;

export class Receipts {
  #connection;
  #delivered = [];
  #timer = null;

  constructor(connection) {
    this.#connection = connection;
  }

  // Many at once in one event.
  delivered(ids) {
    this.#delivered.push(...ids);
    if (ids.length > 0 && this.#timer === null) {
      this.#timer = setTimeout(() => this.#flush(), COLLECT_MS);
    }
  }

  read(room, upTo) {
    this.#ask("markRead", { room, upTo });
  }

  // Of our newest message: whoever has read it has read those before it.
  async fetch(room, ownName) {
    const newest = room.messages.findLast(({ username }) => username === ownName);
    const answer = newest && (await this.#ask("getReceipts", { id: newest.id }));
    for (const { username, delivered, read } of answer?.receipts ?? []) {
      if (delivered || read) {
        room.setReceipt(newest.id, username, read ? "read" : "delivered");
      }
    }
  }

  #flush() {
    this.#timer = null;
    while (this.#delivered.length > 0) {
      this.#ask("markDelivered", { ids: this.#delivered.splice(0, MOST_IDS) });
    }
  }

  // A receipt that was lost is made up for by the next one.
  #ask(event, payload) {
    return this.#connection.ask(event, payload).catch(() => null);
  }
}
