import { Connection } from "./connection.js";
import { TypingPeople, TypingReporter } from "./typing.js";
import * as view from "./view.js";

const NAME_KEY = "chat.name";
const nameInput = document.getElementById("name");
const textInput = document.getElementById("text");
const stateTexts = {
  connected: (transport) => `Connected over ${transport === "polling" ? "HTTP" : "WebSocket"}`,
  reconnecting: () => "Reconnecting…",
  failed: (reason) => `Disconnected: ${reason}`,
};

const typingPeople = new TypingPeople(view.showTyping);

const listener = {
  stateChanged(state, detail) {
    view.showState(state, stateTexts[state](detail));
    if (state !== "connected") {
      view.allowSending(false);
      typingPeople.clear();
    }
  },
  joined({ name, users, history }) {
    localStorage.setItem(NAME_KEY, name);
    view.showRoom();
    view.allowSending(true);
    view.showPeople(users, name);
    history.forEach((message) => view.showMessage(message, name));
  },
  refused(error) {
    view.showJoinError(error);
  },
  personJoined({ name, users }) {
    view.showPeople(users, connection.name);
    if (name !== connection.name) {
      view.showNote(`${name} joined`);
    }
  },
  personLeft({ name, users }) {
    view.showPeople(users, connection.name);
    view.showNote(`${name} left`);
    typingPeople.set(name, false);
  },
  messageReceived(message) {
    view.showMessage(message, connection.name);
    typingPeople.set(message.name, false);
  },
  personTyping({ name, typing }) {
    typingPeople.set(name, typing);
  },
};

async function send(text) {
  const line = view.showOwnMessage(connection.name, text);
  try {
    line.received(await connection.send(text));
  } catch (error) {
    line.failed(error.message);
  }
}

const connection = globalThis.io ? new Connection(globalThis.io, listener) : null;
if (connection === null) {
  view.showState("failed", "The server has no browser client to hand out");
}
const typingReporter = new TypingReporter((isTyping) => connection.typing(isTyping));

nameInput.value = localStorage.getItem(NAME_KEY) ?? "";
textInput.addEventListener("input", () => typingReporter.textChanged(textInput.value));

document.getElementById("join").addEventListener("submit", (event) => {
  event.preventDefault();
  connection?.join(nameInput.value.trim());
});

document.getElementById("compose").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = textInput.value.trim();
  if (text === "" || document.getElementById("send").disabled) {
    return;
  }
  textInput.value = "";
  typingReporter.stop();
  send(text);
});
