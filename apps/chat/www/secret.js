// End-to-end encryption of a room. The server relays and stores bytes that it cannot read.
//
// The key comes from a passphrase that the people of the room have agreed on. AES-GCM also protects what
// it does not hide: a message that is given to another room, or to another author, does not open.
const ITERATIONS = 600_000;
const IV_BYTES = 12;

const encode = (text) => new TextEncoder().encode(text);
const subtle = globalThis.crypto?.subtle;

// Browsers offer WebCrypto over HTTPS and on localhost only.
export const canEncrypt = subtle !== undefined;

// The key can be kept, but not be read out.
export async function deriveKey(passphrase, room) {
  const material = await subtle.importKey("raw", encode(passphrase.normalize("NFC")), "PBKDF2", false, [
    "deriveKey",
  ]);
  return subtle.deriveKey(
    { name: "PBKDF2", hash: "SHA-256", iterations: ITERATIONS, salt: encode(`sio_chat room ${room}`) },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

export async function seal(key, { room, username, text }) {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const ciphertext = await subtle.encrypt(parameters(iv, room, username), key, encode(text));
  return { ciphertext, iv: iv.buffer };
}

// Rejects where the key is another one or the message was changed.
export async function unseal(key, { room, username, ciphertext, iv }) {
  return new TextDecoder().decode(await subtle.decrypt(parameters(iv, room, username), key, ciphertext));
}

function parameters(iv, room, username) {
  return { name: "AES-GCM", iv, additionalData: encode(JSON.stringify([room, username])) };
}
