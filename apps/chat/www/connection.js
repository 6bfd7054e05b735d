// The chat as the server sees it: the socket, its events, and joining again after a reconnection.
const ANSWER_DEADLINE_MS = 5000;

// `io` is the client bundle that the server hands out. `listener` has one method for each thing that
// happens: stateChanged(state, detail), joined({ name, users, history }), refused(error), and those
// named after the server's events below.
export class Connection {
  #socket;
  #listener;
  #name = null;

  constructor(io, listener) {
    this.#listener = listener;
    this.#socket = io();
    this.#socket.on("joined", (event) => listener.personJoined(event));
    this.#socket.on("left", (event) => listener.personLeft(event));
    this.#socket.on("message", (message) => listener.messageReceived(message));
    this.#socket.on("typing", (event) => listener.personTyping(event));
    this.#watchState();
  }

  get name() {
    return this.#name;
  }

  join(name) {
    this.#name = name;
    return this.#socket.connected ? this.#join() : undefined;
  }

  // Resolves with { id, time }; rejects when the server refused the text or did not answer in time.
  async send(text) {
    const answer = await this.#ask("message", text);
    if (answer.error) {
      throw new Error(answer.error);
    }
    return answer;
  }

  // The others need not hear of it when it cannot be sent at once.
  typing(isTyping) {
    this.#socket.volatile.emit("typing", isTyping);
  }

  async #join() {
    try {
      const answer = await this.#ask("join", this.#name);
      if (answer.ok) {
        this.#name = answer.name;
        this.#listener.joined(answer);
      } else {
        this.#name = null;
        this.#listener.refused(answer.error);
      }
    } catch {
      this.#listener.refused("The server did not answer. Please try again.");
    }
  }

  #ask(event, value) {
    return this.#socket.timeout(ANSWER_DEADLINE_MS).emitWithAck(event, value);
  }

  #watchState() {
    const socket = this.#socket;
    const connected = () => this.#listener.stateChanged("connected", socket.io.engine.transport.name);
    socket.on("connect", () => {
      socket.io.engine.on("upgrade", connected);
      connected();
      if (this.#name !== null) {
        this.#join();
      }
    });
    socket.on("connect_error", (error) => {
      this.#listener.stateChanged(socket.active ? "reconnecting" : "failed", error.message);
    });
    socket.on("disconnect", (reason) => {
      this.#listener.stateChanged(socket.active ? "reconnecting" : "failed", reason);
    });
  }
}
