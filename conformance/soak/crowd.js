// Many clients at a time, each replaced when it has gone, and a record of how it went.
import { setTimeout as pause } from "node:timers/promises";
import { Random } from "../support/random.js";
import { comeBack, live } from "./lives.js";

const KEPT_FAILURES = 10;
const ARRIVALS_EVERY_MS = 10;
const ARRIVALS = 4;
const SHARE_THAT_COMES_BACK = 0.02;

export class Crowd {
  #port;
  #random;
  #habits;
  #present = new Set();

  came = 0;
  most = 0; // at a time
  failed = 0;
  failures = [];
  ends = {};

  // `habits` are the pace and the patience of live().
  constructor(port, seed, habits) {
    this.#port = port;
    this.#random = new Random(seed);
    this.#habits = habits;
  }

  get size() {
    return this.#present.size;
  }

  // Keeps `size` clients there for that long; resolves when the last has gone. They come a few at a time, so
  // that on a busy machine they become fewer, not later.
  async stay(size, milliseconds) {
    const until = performance.now() + milliseconds;
    while (performance.now() < until) {
      for (let i = 0; i < ARRIVALS && this.size < size; ++i) {
        this.#admit(until);
      }
      this.most = Math.max(this.most, this.size);
      await pause(ARRIVALS_EVERY_MS);
    }
    await Promise.all(this.#present);
  }

  #admit(until) {
    const name = `client-${++this.came}`;
    const random = new Random(this.#random.below(2 ** 32));
    const life = random.chance(SHARE_THAT_COMES_BACK)
      ? comeBack(this.#port, name, random)
      : live(this.#port, name, random, { ...this.#habits, until });
    const present = life
      .then((end) => (this.ends[end] = (this.ends[end] ?? 0) + 1))
      .catch((error) => this.#note(error))
      .finally(() => this.#present.delete(present));
    this.#present.add(present);
  }

  #note(error) {
    ++this.failed;
    if (this.failures.length < KEPT_FAILURES) {
      this.failures.push(error);
    }
  }
}
