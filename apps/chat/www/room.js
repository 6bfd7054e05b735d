// What is known of one room: its messages in the order of their times, its people, what was read.
import { newNonce } from "./message.js";
import { deriveKey, seal, unseal } from "./secret.js";
import { TypingPeople } from "./typing.js";

const MOST_MESSAGES = 500;

export class Room {
  messages = []; // oldest first, without gaps up to the newest
  more = true; // the server has older ones
  notes = []; // who came and went since the page was opened: { key, timestamp, text }
  members = new Set();
  encrypted = false;
  key = null; // of an encrypted room, once it is unlocked
  readAt = null; // the time of the newest message that was seen here
  readId = null; // and its id, which the server has been told
  newFrom = Infinity; // when the room was opened, messages from this time on were new
  unread = 0;

  constructor(name, record = {}, typingChanged = () => {}) {
    this.name = name;
    Object.assign(this, record);
    this.typing = new TypingPeople(() => typingChanged(this));
  }

  // What is kept between visits.
  get record() {
    const { name, encrypted, key, readAt, readId } = this;
    return { name, encrypted, key, readAt, readId };
  }

  // Known ones are left as they are. Returns those that were new.
  add(messages) {
    const known = new Set(this.messages.map(({ id }) => id));
    const fresh = messages.filter(({ id }) => !known.has(id));
    if (fresh.length > 0) {
      this.messages = [...fresh, ...this.messages].sort((a, b) => a.timestamp - b.timestamp);
    }
    return fresh;
  }

  // The newest page of the history: what we had before may have a gap in front of it.
  addNewest(messages, more) {
    const known = new Set(this.messages.map(({ id }) => id));
    if (!more || !messages.some(({ id }) => known.has(id))) {
      this.messages = more ? [] : this.messages.filter(({ id }) => messages.some((one) => one.id === id));
      this.more = more;
    }
    return this.add(messages);
  }

  addOlder(messages, more) {
    this.more = more;
    return this.add(messages);
  }

  // While the newest are looked at.
  forgetOldest() {
    if (this.messages.length > MOST_MESSAGES) {
      this.messages = this.messages.slice(-MOST_MESSAGES / 2);
      this.more = true;
    }
  }

  find(id) {
    return this.messages.find((message) => message.id === id);
  }

  note(text) {
    const timestamp = this.messages.at(-1)?.timestamp ?? 0;
    this.notes = [...this.notes, { key: newNonce(), timestamp, text }].slice(-20);
  }

  get locked() {
    return this.encrypted && this.key === null;
  }

  // Messages with their texts, as far as the key of the room opens them. Those of a locked room stay
  // without.
  reveal(messages) {
    return Promise.all(messages.map((message) => this.#reveal(message)));
  }

  async #reveal(message) {
    if (message.message !== undefined) {
      return { ...message, text: message.message };
    }
    this.encrypted = true;
    if (this.locked) {
      return message;
    }
    try {
      return { ...message, text: await unseal(this.key, message) };
    } catch {
      return { ...message, unreadable: true };
    }
  }

  // The content of a message, as it may leave this device.
  seal(username, text) {
    return this.encrypted ? seal(this.key, { room: this.name, username, text }) : { message: text };
  }

  async unlock(passphrase) {
    const key = await deriveKey(passphrase, this.name);
    const sample = this.messages.findLast(({ ciphertext }) => ciphertext !== undefined);
    if (sample && !(await unseal(key, sample).catch(() => ""))) {
      throw new Error("That passphrase does not open the messages of this room.");
    }
    this.encrypted = true;
    this.key = key;
    this.messages = await this.reveal(this.messages);
  }

  // Whoever has read a message has read those before it.
  setReceipt(id, username, status) {
    const at = this.messages.findIndex((message) => message.id === id);
    const reached = status === "read" ? this.messages.slice(0, at + 1) : this.messages.slice(at, at + 1);
    for (const message of at < 0 ? [] : reached) {
      message.receipts ??= {};
      if (message.receipts[username] !== "read") {
        message.receipts[username] = status;
      }
    }
    return at < 0 ? [] : reached;
  }

  setRead({ id, timestamp }) {
    this.readId = id;
    this.readAt = timestamp;
    this.unread = 0;
  }

  // What was said before this browser knew the room is not news.
  countUnread(ownName) {
    const others = this.messages.filter(({ username }) => username !== ownName);
    this.readAt ??= others.at(-1)?.timestamp ?? 0;
    this.unread = others.filter(({ timestamp }) => timestamp > this.readAt).length;
  }
}
