// Who is typing: telling the others when we do, and knowing when they do.
const PAUSE_MS = 3000;
const FORGOTTEN_AFTER_MS = 6000;

// Tells once when typing begins and once when it has paused.
export class TypingReporter {
  #report;
  #pause = null;

  constructor(report) {
    this.#report = report;
  }

  textChanged(text) {
    if (text === "") {
      this.stop();
      return;
    }
    if (this.#pause === null) {
      this.#report(true);
    }
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.stop(), PAUSE_MS);
  }

  stop() {
    if (this.#pause !== null) {
      clearTimeout(this.#pause);
      this.#pause = null;
      this.#report(false);
    }
  }
}

// The others who type now. One whose end of typing was lost is forgotten after a while.
export class TypingPeople {
  #people = new Map();
  #changed;

  constructor(changed) {
    this.#changed = changed;
  }

  get names() {
    return [...this.#people.keys()];
  }

  set(name, isTyping) {
    clearTimeout(this.#people.get(name));
    this.#people.delete(name);
    if (isTyping) {
      this.#people.set(
        name,
        setTimeout(() => this.set(name, false), FORGOTTEN_AFTER_MS),
      );
    }
    this.#changed();
  }

  clear() {
    this.names.forEach((name) => this.set(name, false));
  }
}
