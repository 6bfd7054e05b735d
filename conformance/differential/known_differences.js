// Where the server under test may differ from the reference, and why. A script that an entry applies to
// is played all the same, and both servers must survive it.

// Counts and ids go through Number() in the reference, which takes white space, fractions, exponents and
// hexadecimal digits for numbers. Such packets are refused by a strict reader.
function hasLooseNumber(packet) {
  const [, type, rest] = /^4(\d)([^[{"]*)/.exec(packet) ?? [];
  if (type === undefined) {
    return false;
  }
  const id = rest.replace(/^[^/]*-/, "").replace(/^\/[^,]*,?/, "");
  const count = /^([^/]*)-/.exec(rest)?.[1];
  const isLoose = (text) => text !== undefined && text !== "" && !/^\d{1,15}$/.test(text) && !Number.isNaN(Number(text));
  return isLoose(count) || isLoose(id) || /\s/.test(rest) || /\d{16}/.test(rest);
}

// JavaScript objects list keys that look like array indices first; the order is kept otherwise.
function hasIndexKeys(packet) {
  return /"\d+"\s*:/.test(packet);
}

// Two members of the same name.
function hasRepeatedMember(packet) {
  return /"([^"]+)":[^"]*"\1":/.test(packet);
}

export const knownDifferences = [
  {
    reason: "members of the same name are kept; the last counts, as in JavaScript",
    applies: ({ packets = [], name }) => [...packets, quoted(name)].some(hasRepeatedMember),
  },
  {
    reason: "a packet of protocol 3 without a type is a parse error, the reference ignores it",
    applies: ({ name }) => name === 'string payload "1:b"',
  },
  {
    reason: "a length of protocol 3 that cuts a character in two is a parse error, the reference delivers the half",
    applies: ({ name }) => name === 'string payload "2:4\u{1f600}"',
  },
  {
    reason: "counts and ids are read strictly, not through Number()",
    applies: ({ packets = [], name }) => [...packets, quoted(name)].some(hasLooseNumber),
  },
  {
    reason: "keys that look like array indices keep their place",
    applies: ({ packets = [] }) => packets.some(hasIndexKeys),
  },
  {
    reason: "a close packet over WebSocket closes at once, the reference ignores it",
    applies: ({ concern }) => concern === "close packet over WebSocket",
  },
  {
    reason: "binary over JSONP without b64=1 is base64; the reference writes it as a JSON object that no client reads",
    applies: ({ concern }) => concern === "binary over JSONP",
  },
];

function quoted(name) {
  const [, json] = /^packet (".*")$/s.exec(name) ?? [];
  return json === undefined ? "" : JSON.parse(json);
}

export function knownDifference(script) {
  return knownDifferences.find(({ applies }) => applies(script));
}
