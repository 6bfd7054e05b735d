// The namespace /chat as the application sees it: questions and their answers, and who we are again
// after every reconnection.
const ANSWER_DEADLINE_MS = 5000;

const EVENTS = [
  "joinedRooms",
  "onlineUsers",
  "userJoined",
  "presence",
  "userJoinedRoom",
  "userLeftRoom",
  "newMessage",
  "userTyping",
  "messageStatus",
  "roomClosed",
  "reconnectRequired",
];

// The server understood and said no. Asking again helps only where that passes with time.
export class Refusal extends Error {
  constructor({ error, code }) {
    super(error);
    this.passesWithTime = error === "Rate limit exceeded" || ["OVERLOADED", "UNAVAILABLE"].includes(code);
  }
}

// `listener` has a method for each of EVENTS, and stateChanged(state, detail), entered(answer) when the
// server knows our name, refused(message) when it does not want it.
export class Connection {
  #socket;
  #listener;
  #name = null;
  #entered = false;

  constructor(io, listener, token) {
    this.#listener = listener;
    // WebSocket first: behind a load balancer only long-polling needs sticky sessions.
    this.#socket = io("/chat", {
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      ...(token && { auth: { token } }),
    });
    for (const event of EVENTS) {
      this.#socket.on(event, (payload) => {
        if (this.#name !== null) {
          listener[event](payload);
        }
      });
    }
    this.#watchState();
  }

  // Also later, each time that a connection comes about.
  enterAs(name) {
    this.#name = name;
    if (this.#socket.connected) {
      this.#enter();
    }
  }

  get ready() {
    return this.#entered;
  }

  // Rejects with a Refusal, or with another error when the answer is missing: then nobody knows whether
  // the server has done it.
  async ask(event, payload) {
    if (!this.#entered) {
      throw new Error("not connected");
    }
    return this.#ask(event, payload);
  }

  // For what may be lost.
  tell(event, payload) {
    if (this.#entered) {
      this.#socket.volatile.emit(event, payload);
    }
  }

  connectAgain() {
    this.#socket.connect();
  }

  async #ask(event, payload) {
    const answer = await this.#socket.timeout(ANSWER_DEADLINE_MS).emitWithAck(event, payload);
    if (answer?.error) {
      throw new Refusal(answer);
    }
    return answer;
  }

  async #enter() {
    try {
      const answer = await this.#ask("joinChat", { username: this.#name });
      this.#entered = true;
      this.#listener.entered(answer);
    } catch (error) {
      if (error instanceof Refusal) {
        this.#name = null;
        this.#listener.refused(error.message);
      } else if (this.#socket.connected) {
        this.#enter();
      }
    }
  }

  #watchState() {
    const socket = this.#socket;
    const listener = this.#listener;
    const connected = () => listener.stateChanged("connected", socket.io.engine.transport.name);
    socket.on("connect", () => {
      socket.io.engine.on("upgrade", connected);
      connected();
      if (this.#name !== null) {
        this.#enter();
      }
    });
    const lost = (reason) => {
      this.#entered = false;
      listener.stateChanged(socket.active ? "reconnecting" : "failed", reason);
    };
    socket.on("connect_error", (error) => lost(error.message));
    socket.on("disconnect", lost);
  }
}
