// A message in the page: { id, room, username, timestamp, nonce } with its content, `message` or
// `ciphertext` and `iv`, and `text` once it can be read. The time is in milliseconds since 1970.
export const LOBBY = "lobby";

export function fromWire({ id, room = LOBBY, username, timestamp, message, ciphertext, iv, nonce }) {
  const content = ciphertext === undefined ? { message } : { ciphertext, iv };
  return {
    id,
    room,
    username,
    timestamp: Date.parse(timestamp),
    ...content,
    ...(nonce !== undefined && { nonce }),
  };
}

export function onWire({ nonce, room, message, ciphertext, iv }) {
  return ciphertext === undefined ? { nonce, room, message } : { nonce, room, ciphertext, iv };
}

// What this browser stores: not what was decrypted.
export function kept({ text, unreadable, ...message }) {
  return message;
}

// Unlike crypto.randomUUID() also without HTTPS.
export function newNonce() {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
