// Messages that the server has not acknowledged. They survive a reload, and are sent again under the
// nonce that they had, so that the server stores each once, however often it comes.
import { Refusal } from "./connection.js";

const RETRY_MS = 2000;

// Entries have { nonce, room, username, timestamp, message } or { ..., ciphertext, iv }, and `failed`, a
// text, once the server refused them. `send(entry)` resolves with { id, timestamp }. `listener` has
// sent(entry, answer) and failed(entry).
export class Outbox {
  #entries = [];
  #store;
  #send;
  #listener;
  #flushing = false;
  #retry = null;

  constructor(store, send, listener) {
    this.#store = store;
    this.#send = send;
    this.#listener = listener;
  }

  async load() {
    this.#entries = (await this.#store.pending()).sort((a, b) => a.timestamp - b.timestamp);
  }

  entries(room) {
    return this.#entries.filter((entry) => entry.room === room);
  }

  add(entry) {
    this.#entries.push(entry);
    this.#store.putPending(entry);
    this.flush();
  }

  tryAgain(nonce) {
    const entry = this.#entries.find((entry) => entry.nonce === nonce);
    if (entry) {
      delete entry.failed;
      this.flush();
    }
  }

  // One after the other, in the order in which they were written.
  async flush() {
    clearTimeout(this.#retry);
    if (this.#flushing) {
      return;
    }
    this.#flushing = true;
    let entry;
    while ((entry = this.#entries.find(({ failed }) => failed === undefined))) {
      try {
        this.settle(entry.nonce, await this.#send(entry));
      } catch (error) {
        if (!(error instanceof Refusal) || error.passesWithTime) {
          this.#retry = setTimeout(() => this.flush(), RETRY_MS);
          break;
        }
        entry.failed = error.message;
        this.#listener.failed(entry);
      }
    }
    this.#flushing = false;
  }

  // The server has it: by its answer, or because the message came back first.
  settle(nonce, answer) {
    const at = this.#entries.findIndex((entry) => entry.nonce === nonce);
    if (at >= 0) {
      const [entry] = this.#entries.splice(at, 1);
      this.#store.removePending(nonce);
      this.#listener.sent(entry, answer);
    }
  }
}
