// The application: which rooms there are, which one is open, and what happens in them.
import { Composer } from "./composer.js";
import { Connection, Refusal } from "./connection.js";
import { Directory } from "./directory.js";
import { askForPassphrase, askForRoom } from "./dialogs.js";
import { $ } from "./dom.js";
import { showPeopleCount, showRoom, showState, showTyping } from "./header.js";
import { LOBBY, fromWire, kept, newNonce, onWire } from "./message.js";
import { Outbox } from "./outbox.js";
import { People } from "./people.js";
import { Receipts } from "./receipts.js";
import { Room } from "./room.js";
import { canEncrypt } from "./secret.js";
import { Sidebar } from "./sidebar.js";
import { openStore } from "./store.js";
import { Timeline } from "./timeline.js";

const PAGE = 50;
const DIRECTORY_EVERY_MS = 20_000;
const FRAME_MS = 16;

export class Chat {
  #name = "";
  #rooms = new Map(); // ours, by name
  #open = null; // one of them
  #connection;
  #directory;
  #people;
  #store;
  #outbox;
  #receipts;
  #refused;
  #showing = null; // a timer
  #timeline = new Timeline({
    nearOldest: () => this.#loadOlder(this.#open),
    atNewest: () => this.#looked(),
    tryAgain: (nonce) => {
      this.#outbox.tryAgain(nonce);
      this.#show();
    },
  });
  #sidebar = new Sidebar(
    (name) => this.open(name),
    () => this.#refreshDirectory(),
  );
  #composer = new Composer({
    submit: (text) => this.#write(text),
    typing: (isTyping) => this.#connection.tell("typing", { isTyping, room: this.#open.name }),
  });

  // `refused(message)` when the server does not take our name.
  constructor(io, token, refused) {
    this.#refused = refused;
    this.#connection = new Connection(io, this, token);
    this.#directory = new Directory(this.#connection);
    this.#people = new People(this.#connection);
    this.#receipts = new Receipts(this.#connection);
    document.addEventListener("visibilitychange", () => this.#looked());
    setInterval(() => document.hidden || this.#refreshDirectory(), DIRECTORY_EVERY_MS);
    const focus = () => this.#composer.focus();
    $("new-room").addEventListener("click", () =>
      askForRoom(canEncrypt, (name, passphrase) => this.#createRoom(name, passphrase), focus),
    );
    $("unlock").addEventListener("click", () =>
      askForPassphrase((passphrase) => this.#unlock(this.#open, passphrase), focus),
    );
    $("leave").addEventListener("click", () => this.#leave(this.#open));
  }

  // Shows what this browser has kept, and the rest as soon as there is a connection.
  async enterAs(name, openRoom = LOBBY) {
    this.#name = name;
    this.#store = await openStore(name);
    this.#outbox = new Outbox(
      this.#store,
      (entry) => this.#connection.ask("sendMessage", onWire(entry)),
      this,
    );
    await this.#outbox.load();
    for (const record of [{ name: LOBBY }, ...(await this.#store.rooms())]) {
      const room = this.#addRoom(record);
      room.add(await room.reveal(await this.#store.messages(room.name, PAGE)));
    }
    await this.open(openRoom);
    this.#connection.enterAs(name);
  }

  async signOut() {
    await this.#store.clear();
  }

  // The room is joined where it is not one of ours.
  async open(name) {
    const room = this.#rooms.get(name) ?? this.#addRoom({ name });
    if (room === this.#open) {
      return;
    }
    this.#composer.leaveRoom();
    room.newFrom = room.unread > 0 ? room.readAt + 1 : Infinity;
    this.#open = room;
    history.replaceState(null, "", name === LOBBY ? "#" : `#${encodeURIComponent(name)}`);
    this.#show();
    this.#composer.focus();
    if (!room.entered) {
      await this.#enterRoom(room);
    }
    await this.#refreshPeople(room);
  }

  openNext(step) {
    const names = [...this.#rooms.keys()];
    this.open(names.at((names.indexOf(this.#open.name) + step) % names.length));
  }

  connectAgain() {
    this.#connection.connectAgain();
  }

  // --- what the connection tells ------------------------------------------------------------------

  stateChanged(state, detail) {
    showState(state, detail);
    if (state !== "connected") {
      this.#rooms.forEach((room) => {
        room.entered = false;
        room.typing.clear();
      });
    }
  }

  refused(message) {
    this.#refused(message);
  }

  // Every connection is a new one for the server: first our rooms, then what is unsent, then what we missed.
  async entered({ username }) {
    this.#name = username; // with a token the name in it counts
    $("own-name").textContent = username;
    const rooms = [...this.#rooms.values()];
    await Promise.all(rooms.map((room) => this.#joinRoom(room)));
    this.#outbox.flush();
    await Promise.all(rooms.map((room) => this.#catchUp(room)));
    await this.#refreshDirectory();
    await this.#refreshPeople(this.#open);
  }

  // We are members since an earlier visit, perhaps with another browser.
  joinedRooms({ rooms }) {
    const others = rooms.filter((name) => !this.#rooms.has(name));
    others.forEach((name) => this.#enterRoom(this.#addRoom({ name })));
  }

  onlineUsers({ users }) {
    this.#people.nobodyIsOnline();
    users.forEach((name) => this.#people.set(name, { online: true }));
    users.forEach((name) => this.#rooms.get(LOBBY).members.add(name));
    this.#showPeople();
  }

  // Nobody was gone who is back this soon, so that there need not be any news of his presence.
  userJoined({ username }) {
    this.presence({ username, online: true });
  }

  presence({ username, online, lastSeen }) {
    if (username !== this.#name && this.#people.isOnline(username) !== online) {
      this.#rooms.get(LOBBY).note(`${username} ${online ? "is here" : "has left"}`);
    }
    this.#rooms.get(LOBBY).members.add(username);
    this.#people.set(username, { online, lastSeen });
    this.#show();
  }

  userJoinedRoom({ username, room }) {
    this.#memberChanged(room, username, "joined the room");
  }

  userLeftRoom({ username, room }) {
    this.#memberChanged(room, username, "left the room");
  }

  roomClosed({ username, room }) {
    this.#rooms.get(room)?.note(`${username} closed the room: nobody can join any more`);
    this.#refreshDirectory();
  }

  async newMessage(raw) {
    const message = fromWire(raw);
    const room = this.#rooms.get(message.room);
    if (!room) {
      return;
    }
    if (message.nonce !== undefined && message.username === this.#name) {
      this.#outbox.settle(message.nonce, raw);
    }
    room.typing.set(message.username, false);
    await this.#take(room, [message], (messages) => room.add(messages));
  }

  userTyping({ username, isTyping, room = LOBBY }) {
    this.#rooms.get(room)?.typing.set(username, isTyping);
  }

  messageStatus({ id, room: name = LOBBY, username, status }) {
    const changed = this.#rooms.get(name)?.setReceipt(id, username, status) ?? [];
    this.#store.putMessages(changed.map(kept));
    this.#show();
  }

  // Another node died: somebody's messages may have reached the store without reaching us.
  async reconnectRequired({ roomId }) {
    const room = this.#rooms.get(roomId);
    if (room) {
      await this.#catchUp(room);
      await this.#refreshPeople(room);
    }
  }

  // --- what the outbox tells ----------------------------------------------------------------------

  async sent(entry, { id, timestamp }) {
    const room = this.#rooms.get(entry.room);
    if (room && id !== undefined) {
      const message = { ...entry, id, timestamp: Date.parse(timestamp) };
      await this.#take(room, [message], (messages) => room.add(messages));
    }
    this.#show();
  }

  failed() {
    this.#show();
  }

  // --- rooms --------------------------------------------------------------------------------------

  #addRoom(record) {
    const room = new Room(record.name, record, () => this.#showTyping());
    room.encrypted ||= this.#directory.isEncrypted(record.name);
    this.#rooms.set(record.name, room);
    return room;
  }

  async #enterRoom(room) {
    if (this.#connection.ready && (await this.#joinRoom(room))) {
      this.#store.putRoom(room.record);
      await this.#catchUp(room);
      await this.#refreshDirectory();
    }
  }

  async #joinRoom(room) {
    try {
      await this.#connection.ask("joinRoom", { room: room.name, username: this.#name });
      room.entered = true;
      room.problem = undefined;
    } catch (error) {
      room.problem = error instanceof Refusal ? error.message : undefined;
      this.#show();
    }
    return room.entered;
  }

  async #createRoom(name, passphrase) {
    await this.#refreshDirectory();
    if (!this.#directory.has(name)) {
      const metadata = passphrase === null ? {} : { encrypted: true };
      await this.#connection.ask("createRoom", { room: name, metadata });
    } else if (passphrase !== null && !this.#directory.isEncrypted(name)) {
      throw new Error("That room exists and is not encrypted.");
    }
    await this.#refreshDirectory();
    await this.open(name);
    if (passphrase !== null) {
      await this.#unlock(this.#open, passphrase);
    }
  }

  async #leave(room) {
    this.#rooms.delete(room.name);
    this.#store.removeRoom(room.name);
    this.open(LOBBY);
    await this.#connection.ask("leaveRoom", { room: room.name, username: this.#name }).catch(() => {});
    await this.#refreshDirectory();
  }

  async #refreshDirectory() {
    await this.#directory.refresh();
    for (const room of this.#rooms.values()) {
      if (!room.encrypted && this.#directory.isEncrypted(room.name)) {
        room.encrypted = true;
        this.#store.putRoom(room.record);
      }
    }
    this.#show();
  }

  // --- messages -----------------------------------------------------------------------------------

  async #write(text) {
    const room = this.#open;
    const entry = { nonce: newNonce(), room: room.name, username: this.#name, timestamp: Date.now() };
    this.#outbox.add({ ...entry, ...(await room.seal(this.#name, text)) });
    this.#timeline.toNewest();
    this.#show();
  }

  // What was written while we were away.
  async #catchUp(room) {
    const page = await this.#history(room);
    if (page) {
      await this.#take(room, page.messages, (messages) => room.addNewest(messages, page.more));
      await this.#receipts.fetch(room, this.#name);
      this.#looked();
      this.#show();
    }
  }

  async #loadOlder(room) {
    if (room.loading || !this.#connection.ready || room.messages.length === 0) {
      return;
    }
    room.loading = true;
    this.#timeline.busy(true);
    const page = await this.#history(room, room.messages[0].id);
    if (page) {
      room.addOlder(await room.reveal(page.messages), page.more);
    }
    room.loading = false;
    this.#timeline.busy(false);
    if (page) {
      this.#show();
    }
  }

  async #history(room, before) {
    try {
      const { messages, more } = await this.#connection.ask("getHistory", {
        room: room.name,
        before,
        limit: PAGE,
      });
      return { messages: messages.map(fromWire), more };
    } catch {
      return null; // tried again when the connection is back, or at the next scroll
    }
  }

  async #take(room, messages, add) {
    const fresh = add(await room.reveal(messages));
    this.#store.putMessages(fresh.map(kept));
    const others = fresh.filter(({ username }) => username !== this.#name);
    this.#receipts.delivered(others.map(({ id }) => id));
    room.countUnread(this.#name);
    if (room === this.#open && this.#timeline.atNewest) {
      room.forgetOldest();
    }
    this.#show();
    this.#looked();
  }

  async #unlock(room, passphrase) {
    await room.unlock(passphrase);
    this.#store.putRoom(room.record);
    this.#show();
  }

  // The newest messages are in front of somebody's eyes.
  #looked() {
    const room = this.#open;
    const newest = room?.messages.findLast(({ username }) => username !== this.#name);
    if (newest && newest.id !== room.readId && !document.hidden && this.#timeline.atNewest) {
      room.setRead(newest);
      this.#store.putRoom(room.record);
      this.#receipts.read(room.name, newest.id);
      this.#showRooms();
    }
  }

  // --- people -------------------------------------------------------------------------------------

  async #refreshPeople(room) {
    await this.#people.refresh(room);
    this.#showPeople();
  }

  #memberChanged(name, username, what) {
    const room = this.#rooms.get(name);
    if (room && username !== this.#name) {
      room.note(`${username} ${what}`);
      this.#show();
      if (room === this.#open) {
        this.#refreshPeople(room);
      }
    }
  }

  // --- showing ------------------------------------------------------------------------------------

  #show() {
    const room = this.#open;
    if (room === null) {
      return;
    }
    this.#showMessages();
    showRoom(room, room.name === LOBBY);
    const problem = room.problem ?? (room.locked ? "Unlock the room to write" : undefined);
    this.#composer.enable(problem === undefined, problem ?? "Write a message");
    this.#showTyping();
    this.#showPeople();
    this.#showRooms();
  }

  // Once for all that happens in a moment.
  #showMessages() {
    this.#showing ??= setTimeout(async () => {
      this.#showing = null;
      const room = this.#open;
      const pending = await room.reveal(this.#outbox.entries(room.name));
      if (room === this.#open) {
        this.#timeline.show(room, pending, this.#name);
      }
    }, FRAME_MS);
  }

  #showRooms() {
    const ours = [...this.#rooms.values()].map(({ name, encrypted, unread }) => {
      return { name, encrypted, unread, joined: true };
    });
    this.#sidebar.showRooms([...ours, ...this.#directory.others(this.#rooms)], this.#open?.name);
  }

  #showPeople() {
    const room = this.#open;
    const people = this.#people.of(room?.members ?? []);
    this.#sidebar.showPeople(people, this.#name);
    showPeopleCount(people.length, room?.encrypted);
  }

  #showTyping() {
    showTyping(this.#open.typing.names);
  }
}
