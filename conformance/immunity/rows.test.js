// Every row of the list of historic holes and every quirk of real clients has a test: here, or where it
// was before. A name below that is no longer found in its file is a row that has lost its test.
import { describe, test } from "node:test";
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { engineCases } from "./cases/engine.js";
import { parserCases } from "./cases/parser.js";
import { websocketCases } from "./cases/websocket.js";

const ROWS = [
  "CVE-2017-16031", "CVE-2020-28481", "CVE-2024-38355", "CVE-2020-36048", "CVE-2022-21676", "CVE-2022-41940",
  "CVE-2023-31125", "CVE-2020-36049", "CVE-2022-2421", "CVE-2023-32695", "CVE-2026-33151", "CVE-2016-10518",
  "CVE-2016-10542", "GHSA-5v72", "CVE-2021-32640", "CVE-2024-37890", "CVE-2026-48779", "ws 8.22", "ws 8.23",
  "GHSA-pxg6", "netty-socketio", "engineioxide 0.17.4", "engineioxide 0.17.5", "engineioxide #731",
  "parser-common 0.16.1", "engine.io uws",
];

// [row or quirk, file, title in it]
const ELSEWHERE = [
  ["CVE-2025-61765, pickle on the bus", "cluster/failures.test.js", "rubbish on the bus does no harm"],
  ["EIO missing or not 4", "raw/quirks.test.js", "EIO missing or not 4 means 3"],
  ["WebSocket without sid", "raw/quirks.test.js", "direct transport=websocket without a sid"],
  ["b64=1 and b64=true", "raw/quirks.test.js", "b64=1 (and b64=true) ask for base64, in protocol 3"],
  ["t= cache buster", "raw/quirks.test.js", "t is a cache buster: any value, also twice"],
  ["JSONP", "raw/quirks.test.js", "JSONP of 2.x clients (j=)"],
  ["EIO3 client pings", "raw/quirks.test.js", "clients of protocol 3 ping, the server pongs"],
  ["V2 CONNECT with a query", "raw/quirks.test.js", 'the CONNECT of 2.x: "40/ns?query,"'],
  ["40 unprompted for v2", "raw/quirks.test.js", 'a 2.x client gets "40" without asking'],
  ["connect timeout", "raw/quirks.test.js", "a connection of protocol 4 is closed after it"],
  ["binary over polling, v4", "raw/quirks.test.js", 'binary over polling is base64: "b..." in protocol 4'],
  ["binary over polling, v3", "raw/quirks.test.js", 'binary over polling is base64: "b4..." in protocol 3'],
  ["UTF-16 lengths in v3", "raw/quirks.test.js", "lengths in payloads of protocol 3 are UTF-16 units"],
  ["0x1e in v4", "raw/quirks.test.js", "0x1e separates packets in protocol 4"],
  ["upgrade with probe", "raw/quirks.test.js", 'upgrade: ping "probe", a noop for every pending poll'],
  ["two polls", "raw/quirks.test.js", "two polls at a time close the session"],
  ["empty binary packets", "raw/quirks.test.js", "empty binary packets"],
  ["trailing comma", "raw/quirks.test.js", "namespaces with and without a trailing comma"],
  ["numeric event names", "raw/quirks.test.js", "numeric event names"],
  ["ack id 0", "raw/quirks.test.js", "ack id 0"],
  ["large ids", "raw/quirks.test.js", "large ids"],
];

const cases = [...engineCases, ...parserCases, ...websocketCases];

describe("every row has a test", () => {
  for (const row of ROWS) {
    test(row, () => assert.ok(cases.some((each) => each.row.includes(row))));
  }
  for (const [row, file, title] of ELSEWHERE) {
    test(`${row}: ${file}`, () => {
      const text = readFileSync(new URL(`../${file}`, import.meta.url), "utf8");
      assert.ok(["\"", "'"].some((quote) => text.includes(`test(${quote}${title}${quote}`)), title);
    });
  }
});
