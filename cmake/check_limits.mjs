// check_limits.mjs <root of the sources>: holds docs/limits.md against the headers and the tests. Every
// number in the structs below stands in its table with its default and unit, and what stands there exists,
// is enforced in a file that is there and shown by a test that is there. Names what is wrong and fails if
// anything is.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { argv, exit } from "node:process";

const root = argv[2];
const document = "docs/limits.md";

// The tables by their headings. `members`: structs whose numbers stand there as `member->number`;
// `qualified`: names stand behind that of their struct.
const tables = [
  { heading: "engineio::Options", folder: "engineio", structs: [["engineio/options.hpp", "Options"]],
    members: { http_compression: "HttpCompression", per_message_deflate: "PerMessageDeflate" } },
  { heading: "engineio::Limits", folder: "engineio", structs: [["engineio/options.hpp", "Limits"]] },
  { heading: "socketio::Options", folder: "socketio", structs: [["socketio/options.hpp", "Options"]],
    members: { connection_state_recovery: "Recovery" } },
  { heading: "socketio::Limits", folder: "socketio", structs: [["socketio/options.hpp", "Limits"]] },
  { heading: "socketio::ParserLimits", folder: "socketio", structs: [["socketio/parser.hpp", "ParserLimits"]] },
  { heading: "adapters::RedisOptions", folder: "adapters", structs: [["adapters/redis.hpp", "RedisOptions"]] },
  { heading: "Options of the adapters", folder: "adapters", qualified: true,
    structs: [
      ["adapters/redis_adapter.hpp", "RedisAdapterOptions"],
      ["adapters/sharded_adapter.hpp", "ShardedAdapterOptions"],
      ["adapters/streams_adapter.hpp", "StreamsAdapterOptions"],
    ] },
];

// Numbers that limit nothing.
const settings = new Set(["StreamsAdapterOptions::stream_count"]);

let wrong = 0;

function complain(text) {
  console.log(`${document}: ${text}`);
  wrong = 1;
}

const read = (path) => readFileSync(join(root, path), "utf8");

// ---- The headers ----

function bodyOf(header, struct) {
  const source = read(header).replace(/\/\/.*$/gm, "");
  const begin = source.indexOf(`struct ${struct} {`);
  if (begin === -1) {
    throw new Error(`${header} has no struct ${struct}`);
  }
  let depth = 0;
  for (let at = source.indexOf("{", begin); ; ++at) {
    depth += { "{": 1, "}": -1 }[source[at]] ?? 0;
    if (depth === 0) {
      return source.slice(source.indexOf("{", begin) + 1, at);
    }
  }
}

const NUMBER = /^(std::size_t|std::chrono::milliseconds|unsigned|(?:engineio::)?RateLimit) (\w+) ?(?:= ?(.*)|\{(.*)\})$/;

// { name, milliseconds, value } of each number of a struct.
function numbersOf(header, struct) {
  return bodyOf(header, struct)
    .split(";")
    .map((declaration) => NUMBER.exec(declaration.replace(/\s+/g, " ").trim()))
    .filter((match) => match !== null)
    .map(([, type, name, assigned, braced]) => ({
      name, milliseconds: type.endsWith("milliseconds"), value: valueOf(assigned ?? braced),
    }));
}

// Of `16 * 1024`, `60'000` or `{}`, which is 0.
function valueOf(initializer) {
  const factors = initializer.replace(/['{}\s]/g, "").split("*");
  return factors.reduce((product, factor) => product * Number(factor), 1);
}

function isMember(name, structs) {
  return structs.some(([header, struct]) => new RegExp(`\\b${name} ?[={;]`).test(bodyOf(header, struct)));
}

function numbersOfTable({ structs, members = {}, qualified }) {
  const own = structs.flatMap(([header, struct]) =>
    numbersOf(header, struct).map((number) => ({ ...number, name: qualified ? `${struct}::${number.name}`
      : number.name })));
  const [[header]] = structs;
  const inner = Object.entries(members).flatMap(([member, struct]) =>
    numbersOf(header, struct).map((number) => ({ ...number, name: `${member}->${number.name}` })));
  return [...own, ...inner].filter(({ name }) => !settings.has(name));
}

// ---- The document ----

const sections = new Map(
  read(document).split(/^## /m).slice(1).map((text) => [text.slice(0, text.indexOf("\n")), text]),
);

// The cells of the table of a section, without its head.
function rowsOf(heading) {
  const rows = (sections.get(heading) ?? "").split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
}

const inCode = (cell) => /^`([^`]+)`/.exec(cell)?.[1];

function checkNumber(heading, { name, milliseconds, value }, rows) {
  const row = rows.find(([cell]) => inCode(cell) === name);
  if (row === undefined) {
    complain(`${heading}: no row for ${name}`);
    return;
  }
  const [, told, unit] = row;
  if (Number(/^[\d ]*/.exec(told)[0].replaceAll(" ", "") || NaN) !== value) {
    complain(`${heading}: ${name} is ${value}, not ${told}`);
  }
  if (milliseconds !== /^ms\b/.test(unit) || (name.endsWith("_bytes") && !/^bytes\b/.test(unit))) {
    complain(`${heading}: the unit of ${name} is not ${unit}`);
  }
}

function checkTable(table) {
  const { heading, folder, qualified, structs } = table;
  const numbers = numbersOfTable(table);
  const rows = rowsOf(heading);
  numbers.forEach((number) => checkNumber(heading, number, rows));
  for (const [cell, , , , places = ""] of rows) {
    if (!numbers.some(({ name }) => name === inCode(cell)) && !isMember(inCode(cell), structs)) {
      complain(`${heading}: there is no ${cell}`);
    }
    for (const [, place] of places.matchAll(/`([^`]+)`/g)) {
      if (!existsSync(join(root, folder, place))) {
        complain(`${heading}: ${cell} is enforced in ${place}, which is not there`);
      }
    }
  }
  return rows.map(([cell]) => (qualified ? inCode(cell) : `${heading}::${inCode(cell)}`));
}

// Of cells like "`tests/a_test.cpp`: its name; `tests/b_test.cpp`: its name".
function checkTests(limit, cell) {
  const tests = [...cell.matchAll(/`(tests\/[^`]+)`: (.*?)(?=; `tests\/|$)/g)];
  if (tests.length === 0) {
    complain(`${limit} has no test`);
  }
  for (const [, file, name] of tests) {
    const text = existsSync(join(root, file)) ? read(file).replace(/"\s*"/g, "") : "";
    if (!text.includes(`"${name}"`)) {
      complain(`${limit}: ${file} has no test "${name}"`);
    }
  }
}

const limits = tables.flatMap(checkTable);
const shown = new Map(rowsOf("Shown by").map(([cell, tests]) => [inCode(cell), tests]));
limits.forEach((limit) => checkTests(limit, shown.get(limit) ?? ""));
[...shown.keys()].filter((limit) => !limits.includes(limit)).forEach((limit) =>
  complain(`Shown by: there is no ${limit}`));
rowsOf("Fixed").forEach(([what, , , tests]) => checkTests(what, tests));
exit(wrong);
