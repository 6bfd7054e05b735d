// Carries out every case against our server and the Node server of reference/, each time on a fresh one,
// and writes the tables of docs/security.md between their marks (not run by the tests):
//
//     node immunity/survey.js                  all of them
//     node immunity/survey.js engine.io http   some of them
import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startServer } from "../support/server.js";
import { carryOut, flagsOf } from "./immune.js";
import { accessCases } from "./cases/access.js";
import { abuseCases } from "./cases/abuse.js";
import { engineCases } from "./cases/engine.js";
import { httpCases } from "./cases/http.js";
import { floodCases, parserCases } from "./cases/parser.js";
import { resourceCases } from "./cases/resources.js";
import { slowCases } from "./cases/slow.js";
import { websocketCases } from "./cases/websocket.js";
import { MIB, Vitals } from "./vitals.js";

const DOCUMENT = fileURLToPath(new URL("../../docs/security.md", import.meta.url));

const TABLES = {
  "engine.io": engineCases,
  websocket: websocketCases,
  "socket.io": parserCases,
  http: httpCases,
  abuse: [...abuseCases, ...floodCases],
  slowness: slowCases,
  exhaustion: resourceCases,
  access: accessCases,
};

async function tried(each, reference) {
  const server = await startServer(flagsOf(each, reference), { reference, threads: 1 });
  try {
    const vitals = await Vitals.of(server);
    return `${await observation(each, vitals, reference)}${await aftermath(vitals)}`;
  } finally {
    await server.kill();
  }
}

async function observation(each, vitals, reference) {
  try {
    const { observed, memory } = await carryOut(each, vitals.server, vitals, reference);
    return `${observed} (+${(memory / MIB).toFixed(1)} MiB)`;
  } catch (error) {
    return `fails: ${error.message}`;
  }
}

async function aftermath(vitals) {
  try {
    await vitals.assertHealthy();
    return "";
  } catch (error) {
    const output = vitals.server.output().split("\n").filter((line) => /Error/.test(line)).at(-1) ?? "";
    return ` **afterwards: ${[error.cause?.message ?? error.message, output].join(" ").split("\n")[0]}**`;
  }
}

const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

async function table(cases) {
  const lines = ["| row | threat | sent | this server | Node |", "|---|---|---|---|---|"];
  for (const each of cases) {
    const ours = await tried(each, false);
    assert.ok(ours.startsWith(`${each.ours} (`), `${each.row}: ${ours}`); // else docs/security.md would lie
    const cells = [each.row, each.threat, each.sent, ours, await tried(each, true)];
    lines.push(`| ${cells.map(cell).join(" | ")} |`);
    console.error(lines.at(-1));
  }
  return lines.join("\n");
}

const named = process.argv.slice(2);
for (const [name, cases] of Object.entries(TABLES)) {
  if (named.length === 0 || named.includes(name)) {
    const text = await table(cases);
    const marked = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end -->)`);
    const document = readFileSync(DOCUMENT, "utf8");
    writeFileSync(DOCUMENT, document.replace(marked, (_, begin, end) => `${begin}${text}\n${end}`));
  }
}
