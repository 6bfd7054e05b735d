// What this browser keeps between visits, in IndexedDB: the newest messages of each room, those that
// the server does not have yet, and what is known of a room. Of an encrypted room it has the ciphertext
// and a key that cannot be exported, never the text or the passphrase.
const KEPT_MESSAGES = 200;

// Without IndexedDB (some private windows) everything works, and nothing is kept.
export async function openStore(user) {
  try {
    return new Store(await openDatabase(`chat ${user}`));
  } catch {
    return new Store(null);
  }
}

class Store {
  #database;

  constructor(database) {
    this.#database = database;
  }

  // The newest `limit` of a room, oldest first.
  async messages(room, limit) {
    const found = [];
    await this.#run("messages", "readonly", (messages) =>
      eachNewestFirst(messages, room, (cursor) => {
        found.unshift(cursor.value);
        return found.length < limit;
      }),
    );
    return found;
  }

  async putMessages(list) {
    await this.#run("messages", "readwrite", (messages) => {
      list.forEach((message) => messages.put(message));
      new Set(list.map(({ room }) => room)).forEach((room) => forgetOldest(messages, room));
    });
  }

  async pending() {
    return (await this.#run("pending", "readonly", (pending) => pending.getAll())) ?? [];
  }

  putPending(entry) {
    return this.#run("pending", "readwrite", (pending) => pending.put(entry));
  }

  removePending(nonce) {
    return this.#run("pending", "readwrite", (pending) => pending.delete(nonce));
  }

  async rooms() {
    return (await this.#run("rooms", "readonly", (rooms) => rooms.getAll())) ?? [];
  }

  putRoom(record) {
    return this.#run("rooms", "readwrite", (rooms) => rooms.put(record));
  }

  removeRoom(name) {
    return this.#run("rooms", "readwrite", (rooms) => rooms.delete(name));
  }

  async clear() {
    for (const name of ["messages", "pending", "rooms"]) {
      await this.#run(name, "readwrite", (table) => table.clear());
    }
  }

  // Resolves with the result of the request that `work` returned, once the transaction is complete.
  #run(name, mode, work) {
    if (this.#database === null) {
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(name, mode);
      const request = work(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function openDatabase(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const database = request.result;
      const messages = database.createObjectStore("messages", { keyPath: ["room", "id"] });
      messages.createIndex("time", ["room", "timestamp"]);
      database.createObjectStore("pending", { keyPath: "nonce" });
      database.createObjectStore("rooms", { keyPath: "name" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

const ofRoom = (room) => IDBKeyRange.bound([room, 0], [room, Infinity]);

// Until `visit` returns false.
function eachNewestFirst(messages, room, visit) {
  messages.index("time").openCursor(ofRoom(room), "prev").onsuccess = ({ target }) => {
    if (target.result !== null && visit(target.result)) {
      target.result.continue();
    }
  };
}

// Many at once, since all that are kept have to be passed over.
function forgetOldest(messages, room) {
  messages.index("time").count(ofRoom(room)).onsuccess = ({ target }) => {
    if (target.result > 2 * KEPT_MESSAGES) {
      let newer = 0;
      eachNewestFirst(messages, room, (cursor) => {
        if (++newer > KEPT_MESSAGES) {
          cursor.delete();
        }
        return true;
      });
    }
  };
}
