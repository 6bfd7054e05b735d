// Corpora, which are one text file for each target in the tree and one file for each input for
// libFuzzer. The format of the lines is in corpus.hpp.
//
//   node corpus.mjs unpack <file.txt> <folder>
//   node corpus.mjs pack <folder> <file.txt>
//   node corpus.mjs seeds <target> <folder>      inputs out of conformance/vectors

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seeds } from "./seeds.mjs";

function escapeByte(byte) {
  return "\\x" + byte.toString(16).padStart(2, "0");
}

function toLine(bytes) {
  const plain = (byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x5c;
  const line = Array.from(bytes, (byte) => (plain(byte) ? String.fromCharCode(byte) : escapeByte(byte)));
  if (line.at(-1) === " ") line[line.length - 1] = escapeByte(0x20);
  return line.join("");
}

function fromLine(line) {
  const text = line.replace(/\\x([0-9a-f]{2})/g, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
  return Buffer.from(text, "latin1");
}

function writeInputs(inputs, folder) {
  mkdirSync(folder, { recursive: true });
  for (const bytes of inputs) {
    writeFileSync(join(folder, createHash("sha1").update(bytes).digest("hex")), bytes);
  }
}

function unpack(file, folder) {
  const lines = readFileSync(file, "latin1").split("\n");
  writeInputs(lines.filter((line) => line !== "").map(fromLine), folder);
}

function pack(folder, file) {
  const inputs = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  inputs.sort((a, b) => a.length - b.length || Buffer.compare(a, b));
  const lines = inputs.filter((bytes) => bytes.length > 0).map((bytes) => toLine(bytes) + "\n");
  writeFileSync(file, lines.join(""));
}

const [verb, from, to] = process.argv.slice(2);
const verbs = { unpack, pack, seeds: (target, folder) => writeInputs(seeds(target), folder) };
if (!(verb in verbs) || to === undefined) {
  console.error("corpus.mjs unpack <file> <folder> | pack <folder> <file> | seeds <target> <folder>");
  process.exit(2);
}
verbs[verb](from, to);
