// What stands above and below the conversation: which room it is, the state of the connection, who types.
import { $, listed } from "./dom.js";

export function showRoom(room, isLobby) {
  $("room-name").textContent = room.name;
  $("unlock").hidden = !room.locked;
  $("leave").hidden = isLobby;
}

export function showPeopleCount(count, isEncrypted) {
  const people = count === 0 ? "" : count === 1 ? "1 person" : `${count} people`; // 0: not known yet
  const parts = [isEncrypted && "End-to-end encrypted", people];
  $("room-about").textContent = parts.filter(Boolean).join(" · ");
}

// `state`: connected, reconnecting or failed; `detail`: the transport, or why there is no connection.
export function showState(state, detail) {
  const texts = {
    connected: `Online · ${detail === "polling" ? "HTTP" : "WebSocket"}`,
    reconnecting: "Reconnecting…",
    failed: `Disconnected: ${detail}`,
  };
  const banners = {
    connected: "",
    reconnecting: "Connection lost. What you write is sent when it is back.",
    failed: `${texts.failed}. Tap here to connect again.`,
  };
  $("state").dataset.state = state;
  $("state").textContent = texts[state];
  $("banner").dataset.state = state;
  $("banner").textContent = banners[state];
  $("banner").hidden = state === "connected";
}

export function showTyping(names) {
  const who = names.length > 3 ? "Several people" : listed(names);
  const verb = names.length === 1 ? "is" : "are";
  $("typing").textContent = names.length === 0 ? "" : `${who} ${verb} typing…`;
}
