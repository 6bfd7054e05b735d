// JSON Web Tokens, good ones and such as no library makes.
import { createHmac } from "node:crypto";

export const SECRET = "the secret of both servers";

const base64url = (text) => Buffer.from(text).toString("base64url");
const toText = (part) => (typeof part === "object" && !Buffer.isBuffer(part) ? JSON.stringify(part) : part);
const now = () => Math.floor(Date.now() / 1000);

// Header and payload are objects, or what stands in their place: a text, or bytes.
function encode(header, payload) {
  return `${base64url(toText(header))}.${base64url(toText(payload))}`;
}

function sign(payload, { header = { alg: "HS256", typ: "JWT" }, secret = SECRET, hash = "sha256" } = {}) {
  const text = encode(header, payload);
  return `${text}.${createHmac(hash, secret).update(text).digest("base64url")}`;
}

export function userToken(sub) {
  return sign({ sub, email: `${sub}@example.com`, username: sub, exp: now() + 3600 });
}

const ADA = { sub: "ada", email: "ada@example.com", username: "Ada" };
const untyped = { alg: "HS256" };

// By what is odd about them. The first group is accepted.
export function allTokens() {
  const good = sign(ADA);
  const [header, payload] = good.split(".");
  return {
    good,
    "with HS384": sign(ADA, { header: { alg: "HS384" }, hash: "sha384" }),
    "with HS512": sign(ADA, { header: { alg: "HS512" }, hash: "sha512" }),
    "with an end to come": sign({ ...ADA, exp: now() + 3600, nbf: now() - 3600 }),
    "ending at half a second": sign({ ...ADA, exp: now() + 3600.5 }),
    "ending when nobody lives": sign({ ...ADA, exp: 1e300 }),
    "with the claims of another application": sign({ ...ADA, iss: "x", aud: ["y"], admin: true }),
    "without claims": sign({}),
    "with a number for its subject": sign({ sub: 5, username: null }),
    "with a list for its subject": sign({ sub: [1, null, "x"] }),
    "with an object for its subject": sign({ sub: { a: 1 } }),
    "with a list for its payload": sign([1]),
    "with a number for its payload": sign("5"),
    "with a text for its payload": sign('"text"'),
    "with an object in a text for its payload": sign(JSON.stringify(JSON.stringify(ADA))),
    "without a type, its payload no JSON": sign("{x", { header: untyped }),
    "without a type, its payload null": sign("null", { header: untyped }),
    "with space around its payload": sign(` ${JSON.stringify(ADA)}\n`),
    "with Latin-1 in its header": sign(ADA, {
      header: Buffer.from('{"alg":"HS256","kid":"\xff"}', "latin1"),
    }),
    "with two algorithms": sign(ADA, { header: '{"alg":"none","alg":"HS256"}' }),

    "of another secret": sign(ADA, { secret: "another" }),
    "with another payload": good.replace(payload, base64url(JSON.stringify({ ...ADA, sub: "eve" }))),
    "with a longer signature": `${good}A`,
    expired: sign({ ...ADA, exp: now() - 1 }),
    "that has ended in 1970": sign({ ...ADA, exp: 0 }),
    "that has not begun": sign({ ...ADA, nbf: now() + 3600 }),
    "that has neither begun nor goes on": sign({ ...ADA, nbf: now() + 3600, exp: 1 }),
    "of another secret and expired": sign({ ...ADA, exp: 1 }, { secret: "another" }),
    "with a text for its end": sign({ ...ADA, exp: "tomorrow" }),
    "with null for its begin": sign({ ...ADA, nbf: null }),
    unsigned: `${header}.${payload}.`,
    "with no algorithm at all, unsigned": `${encode({ alg: "none" }, ADA)}.`,
    "with no algorithm at all, signed": sign(ADA, { header: { alg: "none" } }),
    "with RS256": sign(ADA, { header: { alg: "RS256" } }),
    "with ES256": sign(ADA, { header: { alg: "ES256" } }),
    "with its algorithm in lower case": sign(ADA, { header: { alg: "hs256" } }),
    "without an algorithm": sign(ADA, { header: { typ: "JWT" } }),
    "with a number for its algorithm": sign(ADA, { header: { alg: 5 } }),
    "with a number for its header": sign(ADA, { header: "5" }),
    "with a list for its header": sign(ADA, { header: [] }),
    "with null for its header": sign(ADA, { header: "null" }),
    "with an empty text for its header": sign(ADA, { header: '""' }),
    "with a header that is no JSON": sign(ADA, { header: "{x" }),
    "with padding": `${good}=`,
    "with base64 in place of base64url": `${header}.${payload}.a+b/`,
    "with a space at its end": `${good} `,
    "with a space for its signature": `${header}.${payload}. `,
    "of three dots": "...",
    "of two dots": "..",
    "of one part": "abc",
    "of two parts": "a.b",
    "of four parts": `${good}.x`,
  };
}
