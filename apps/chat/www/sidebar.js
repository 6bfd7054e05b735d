// Rooms, people and ourselves, beside the conversation; on a phone a drawer over it.
import { $, avatar, element } from "./dom.js";

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export class Sidebar {
  // `openRoom(name)` when somebody chooses one, `opened()` when the drawer was.
  constructor(openRoom, opened) {
    $("open-sidebar").addEventListener("click", () => {
      this.toggle(true);
      opened();
    });
    $("close-sidebar").addEventListener("click", () => this.toggle(false));
    $("sidebar").addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
    $("conversation").addEventListener("click", (event) => {
      if (!$("open-sidebar").contains(event.target)) {
        this.toggle(false);
      }
    });
    $("rooms").addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button) {
        this.toggle(false);
        openRoom(button.dataset.room);
      }
    });
  }

  toggle(isOpen) {
    const was = document.body.classList.contains("sidebar-open");
    document.body.classList.toggle("sidebar-open", isOpen);
    $("open-sidebar").ariaExpanded = String(isOpen);
    if (isOpen !== was) {
      $(isOpen ? "close-sidebar" : "open-sidebar").focus();
    }
  }

  // `rooms`: { name, joined, encrypted, closed, unread, members }.
  showRooms(rooms, openName) {
    const focused = document.activeElement?.dataset.room;
    $("rooms").replaceChildren(...rooms.map((room) => roomItem(room, room.name === openName)));
    $("rooms")
      .querySelector(`[data-room="${CSS.escape(focused ?? "")}"]`)
      ?.focus();
    const unread = rooms.reduce((sum, room) => sum + room.unread, 0);
    $("unread-elsewhere").hidden = unread === 0;
    $("unread-elsewhere").textContent = unread;
    document.title = unread === 0 ? "Chat" : `(${unread}) Chat`;
  }

  // `people`: { name, online, lastSeen }.
  showPeople(people, ownName) {
    $("people").replaceChildren(...people.map((person) => personItem(person, ownName)));
    const online = people.filter((person) => person.online).length;
    $("people-title").textContent = `People · ${online} online`;
  }
}

function roomItem({ name, joined, encrypted, closed, unread, members }, isOpen) {
  const button = element(
    "button",
    "room",
    element("span", encrypted ? "sign locked" : "sign", encrypted ? "" : "#"),
    element("span", "name", name),
  );
  button.type = "button";
  button.dataset.room = name;
  button.ariaCurrent = isOpen ? "true" : null;
  if (unread > 0) {
    const badge = element("span", "badge", String(unread));
    badge.ariaLabel = `${unread} unread`;
    button.append(badge);
  } else if (!joined) {
    button.append(element("span", "about", closed ? "closed" : `${members} inside`));
  }
  return element("li", "", button);
}

function personItem({ name, online, lastSeen }, ownName) {
  const item = element(
    "li",
    online ? "person online" : "person",
    avatar(name),
    element("span", "name", name),
  );
  const about = name === ownName ? "you" : online ? "" : lastSeen ? `seen ${ago(lastSeen)}` : "offline";
  item.append(element("span", "about", about));
  return item;
}

function ago(time) {
  const minutes = Math.round((Date.parse(time) - Date.now()) / 60_000);
  if (minutes > -1) {
    return "just now";
  }
  return minutes > -60
    ? relative.format(minutes, "minute")
    : minutes > -1440
      ? relative.format(Math.round(minutes / 60), "hour")
      : relative.format(Math.round(minutes / 1440), "day");
}
