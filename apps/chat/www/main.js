import { Chat } from "./chat.js";
import { $ } from "./dom.js";

const NAME_KEY = "chat.name";

// A deployment with authentication opens the page as /#token=... ; the token goes where no server logs it.
function takeToken() {
  const [, token] = /^#token=(.+)$/.exec(location.hash) ?? [];
  if (token) {
    sessionStorage.setItem("chat.token", token);
    history.replaceState(null, "", "#");
  }
  return sessionStorage.getItem("chat.token");
}

function show(part) {
  $("welcome").hidden = part !== "welcome";
  $("app").hidden = part !== "app";
}

function refused(message) {
  localStorage.removeItem(NAME_KEY);
  show("welcome");
  $("join-error").textContent = message;
  $("name").focus();
}

async function enter(chat, name) {
  localStorage.setItem(NAME_KEY, name);
  $("own-name").textContent = name;
  $("join-error").textContent = "";
  show("app");
  await chat.enterAs(name, decodeURIComponent(location.hash.slice(1)) || undefined);
}

function start() {
  const chat = new Chat(globalThis.io, takeToken(), refused);
  $("join").addEventListener("submit", (event) => {
    event.preventDefault();
    enter(chat, $("name").value.trim());
  });
  $("sign-out").addEventListener("click", async () => {
    await chat.signOut();
    localStorage.removeItem(NAME_KEY);
    location.assign("/");
    location.reload();
  });
  $("banner").addEventListener("click", () => chat.connectAgain());
  document.addEventListener("keydown", (event) => {
    if (event.altKey && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      chat.openNext(event.key === "ArrowDown" ? 1 : -1);
    }
  });
  const name = localStorage.getItem(NAME_KEY);
  if (name) {
    enter(chat, name);
  }
}

if (globalThis.io) {
  start();
} else {
  $("join-error").textContent = "The server has no browser client to hand out: ./dev build fetches it.";
}
