// The open conversation: messages, separators of days, notes. It keeps the elements that it has made, so
// that a change of one message changes one element, and the place that is being read stays where it is.
import { $, avatar, element, hueOf, listed } from "./dom.js";

const NEAR_PX = 120;
const TOGETHER_MS = 5 * 60_000;
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const calendar = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const TICKS = { sending: "◌", sent: "✓", delivered: "✓✓", read: "✓✓", failed: "!" };

export class Timeline {
  #list = $("messages");
  #elements = new Map(); // by key
  #handlers;
  #shown = null;

  // `handlers`: nearOldest(), atNewest(), tryAgain(nonce).
  constructor(handlers) {
    this.#handlers = handlers;
    this.#list.addEventListener("scroll", () => this.#scrolled());
    $("newest").addEventListener("click", () => this.toNewest());
  }

  get atNewest() {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  // `pending` are entries of the outbox.
  show(room, pending, ownName) {
    const another = room !== this.#shown;
    const follow = another || this.atNewest;
    const newest = this.#list.lastElementChild;
    if (another) {
      this.#shown = room;
      this.#elements.clear();
    }
    const kept = follow ? null : this.#firstVisible();
    this.#place(rows(room, pending, ownName));
    if (follow) {
      this.toNewest();
    } else {
      this.#list.scrollTop += lowerEdge(kept.element) - kept.edge;
      $("newest").hidden = $("newest").hidden && newest === this.#list.lastElementChild;
    }
    this.#askForOlder();
  }

  toNewest() {
    this.#list.scrollTop = this.#list.scrollHeight;
    $("newest").hidden = true;
  }

  busy(isBusy) {
    this.#list.ariaBusy = String(isBusy);
  }

  #place(wanted) {
    const elements = new Map();
    let before = this.#list.firstElementChild;
    for (const row of wanted) {
      const had = this.#elements.get(row.key) ?? this.#elements.get(row.formerKey);
      const one = had?.kind === row.kind ? had : makers[row.kind](row, this.#handlers);
      one.update?.(row);
      elements.set(row.key, one);
      if (one.element === before) {
        before = before.nextElementSibling;
      } else {
        this.#list.insertBefore(one.element, before);
      }
    }
    while (before !== null) {
      const gone = before;
      before = before.nextElementSibling;
      gone.remove();
    }
    this.#elements = elements;
  }

  // Its lower edge: above it, the name may go when its author's earlier message comes in front.
  #firstVisible() {
    const top = this.#list.scrollTop;
    const visible = (one) => one.dataset.message && lowerEdge(one) > top;
    const element = [...this.#list.children].find(visible) ?? this.#list.firstElementChild;
    return { element, edge: lowerEdge(element) };
  }

  #askForOlder() {
    if (this.#shown?.more && this.#list.scrollTop < 2 * NEAR_PX) {
      this.#handlers.nearOldest();
    }
  }

  #scrolled() {
    if (this.atNewest) {
      $("newest").hidden = true;
      this.#handlers.atNewest();
    }
    this.#askForOlder();
  }
}

const lowerEdge = (element) => element.offsetTop + element.offsetHeight;

// --- which rows there are -------------------------------------------------------------------------

function rows(room, pending, ownName) {
  const messages = room.messages.map((message) => ({
    ...message,
    kind: "message",
    key: message.id,
    formerKey: message.nonce,
  }));
  const unsent = pending.map((entry) => ({ ...entry, kind: "message", key: entry.nonce }));
  const notes = room.notes.map((note) => ({ ...note, kind: "note" }));
  const sorted = [...messages, ...notes].sort((a, b) => a.timestamp - b.timestamp).concat(unsent);
  const result = [];
  let previous = { timestamp: 0 };
  let toldNew = false;
  for (const row of sorted) {
    const day = new Date(row.timestamp).toDateString();
    if (row.kind === "message" && new Date(previous.timestamp).toDateString() !== day) {
      result.push({ kind: "day", key: `day ${day}`, text: calendar.format(row.timestamp) });
      previous = { timestamp: row.timestamp };
    }
    if (!toldNew && row.kind === "message" && row.timestamp >= room.newFrom) {
      toldNew = true;
      result.push({ kind: "new", key: "new", text: "New" });
    }
    if (row.kind === "message") {
      row.mine = row.username === ownName;
      row.follows = previous.username === row.username && row.timestamp - previous.timestamp < TOGETHER_MS;
      row.status = statusOf(row);
      row.exposed = room.encrypted && row.message !== undefined;
    }
    result.push(row);
    previous = row.kind === "message" ? row : { timestamp: previous.timestamp };
  }
  const newestOwn = result.findLast((row) => row.mine && row.id);
  if (newestOwn) {
    newestOwn.receiptText = receiptText(newestOwn.receipts);
  }
  return result;
}

function statusOf({ id, failed, receipts = {} }) {
  if (id === undefined) {
    return failed === undefined ? "sending" : "failed";
  }
  const all = Object.values(receipts);
  return all.includes("read") ? "read" : all.includes("delivered") ? "delivered" : "sent";
}

function receiptText(receipts = {}) {
  const readers = Object.keys(receipts).filter((name) => receipts[name] === "read");
  return readers.length === 0
    ? ""
    : `Read by ${readers.length > 4 ? `${readers.length} people` : listed(readers)}`;
}

// --- how they look --------------------------------------------------------------------------------

const line =
  (kind) =>
  ({ text }) => ({ kind, element: element("li", `line ${kind}`, element("span", "", text)) });

const makers = { day: line("day"), new: line("new"), note: line("note"), message: makeMessage };

function makeMessage(row, handlers) {
  const author = element("b", "author", row.username);
  author.style.setProperty("--hue", hueOf(row.username));
  const text = element("span", "text");
  const warning = element("span", "warning");
  const time = element("time");
  const ticks = element("span", "ticks");
  const failure = element("p", "failure");
  const retry = element("button", "plain", "Try again");
  const receipt = element("p", "receipt");
  retry.type = "button";
  const bubble = element("div", "bubble", author, text, " ", element("span", "meta", warning, time, ticks));
  const item = element("li", "", row.mine ? "" : avatar(row.username), bubble, failure, receipt);
  item.dataset.message = "yes";
  return {
    kind: "message",
    element: item,
    update(now) {
      item.className = ["message", now.mine && "mine", now.follows && "follows", now.status]
        .filter(Boolean)
        .join(" ");
      text.classList.toggle("hidden-text", now.text === undefined);
      setText(
        text,
        now.text ??
          (now.unreadable ? "This message cannot be read with our passphrase" : "Encrypted message"),
      );
      setText(warning, now.exposed ? "not encrypted " : "");
      time.dateTime = new Date(now.timestamp).toISOString();
      setText(time, clock.format(now.timestamp));
      setText(ticks, now.mine ? TICKS[now.status] : "");
      ticks.ariaLabel = now.mine ? now.status : null;
      ticks.role = now.mine ? "img" : null;
      failure.replaceChildren(...(now.failed ? [`Not sent: ${now.failed} `, retry] : []));
      retry.onclick = () => handlers.tryAgain(now.nonce);
      setText(receipt, now.receiptText ?? "");
    },
  };
}

// Only where it differs: a changed node would be read aloud again.
function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}
