// What is on the page. Text of others only ever becomes text nodes.
const $ = (id) => document.getElementById(id);

const MESSAGES_SHOWN = 500;
const NEAR_THE_END_PX = 80;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function person(name) {
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  const made = element("span", "person", name);
  made.style.setProperty("--hue", hue);
  return made;
}

export function showState(state, text) {
  $("state").dataset.state = state;
  $("state").textContent = text;
}

export function showJoinError(text) {
  $("room").hidden = true;
  $("join").hidden = false;
  $("join-error").textContent = text;
  $("name").focus();
}

export function showRoom() {
  $("join").hidden = true;
  $("join-error").textContent = "";
  if ($("room").hidden) {
    $("room").hidden = false;
    $("people").open = matchMedia("(min-width: 641px)").matches;
    $("text").focus();
  }
}

export function allowSending(allowed) {
  $("send").disabled = !allowed;
}

export function showPeople(names, ownName) {
  $("people-count").textContent = names.length;
  $("people-list").replaceChildren(
    ...names.map((name) => {
      const item = element("li", "");
      item.append(person(name), name === ownName ? " (you)" : "");
      return item;
    }),
  );
}

export function showTyping(names) {
  const verb = names.length === 1 ? "is" : "are";
  const who = names.length > 3 ? "Several people" : new Intl.ListFormat("en").format(names);
  $("typing").textContent = names.length === 0 ? "" : `${who} ${verb} typing…`;
}

export function showNote(text) {
  append(element("li", "note", text));
}

export function clearMessages() {
  $("messages").replaceChildren();
}

// A message is shown once, however often it comes: { id, name, text, time }.
export function showMessage(message, ownName) {
  if (!shownMessage(message.id)) {
    append(new MessageLine(message.name, message.text, ownName).received(message).item);
  }
}

// Returns the line of a message of our own that the server does not have yet.
export function showOwnMessage(name, text) {
  const line = new MessageLine(name, text, name);
  line.sending();
  append(line.item);
  scrollToNewest();
  return line;
}

class MessageLine {
  #about;

  constructor(name, text, ownName) {
    this.item = element("li", name === ownName ? "message mine" : "message");
    this.#about = element("div", "about");
    this.#about.append(person(name), element("time", ""));
    this.item.append(this.#about, element("p", "", text));
  }

  sending() {
    this.item.classList.add("sending");
  }

  received({ id, time }) {
    if (shownMessage(id)) {
      this.item.remove();
      return this;
    }
    const date = new Date(time);
    const shownTime = this.#about.querySelector("time");
    shownTime.dateTime = date.toISOString();
    shownTime.textContent = clock.format(date);
    this.item.dataset.id = id;
    this.item.classList.remove("sending");
    return this;
  }

  failed(reason) {
    this.item.classList.replace("sending", "failed");
    this.#about.append(element("span", "failure", `Not sent: ${reason}`));
  }
}

function shownMessage(id) {
  return $("messages").querySelector(`[data-id="${CSS.escape(id)}"]`);
}

function append(item) {
  const list = $("messages");
  const atTheEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_THE_END_PX;
  list.append(item);
  while (list.children.length > MESSAGES_SHOWN) {
    list.firstElementChild.remove();
  }
  if (atTheEnd) {
    scrollToNewest();
  } else {
    $("newest").hidden = false;
  }
}

function scrollToNewest() {
  const list = $("messages");
  list.scrollTop = list.scrollHeight;
  $("newest").hidden = true;
}

$("newest").addEventListener("click", scrollToNewest);
$("messages").addEventListener("scroll", ({ target }) => {
  if (target.scrollHeight - target.scrollTop - target.clientHeight < NEAR_THE_END_PX) {
    $("newest").hidden = true;
  }
});
