// Compares our decoders and encoders with those of Node on generated input:
//
//     node differential/decoders.js [--seed N] [--seconds S] [--kind NAME]
//     node differential/decoders.js KIND HEX ...       shows what both make of one input
//
// SIO_DECODE names the program (../build/release/bin/sio_decode). Ends with status 1 when something
// differs that known_decoder_differences.js does not list.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Random } from "../support/random.js";
import { Comparison, shrunk } from "./comparison.js";
import { kinds } from "./node_decoders.js";
import { randomInput } from "./inputs.js";
import { reasonOf } from "./known_decoder_differences.js";

const AT_A_TIME = 200;
const DIFFERENCES_SHOWN = 10;

export function inputFromHex(name, ...hex) {
  const kind = kinds.find((candidate) => candidate.name === name);
  if (kind === undefined) {
    throw new Error(`no such kind: ${name}; there are ${kinds.map((candidate) => candidate.name).join(", ")}`);
  }
  return { kind, messages: hex.map((message) => Buffer.from(message, "hex")) };
}

// Compares inputs of `chosen` kinds until `enough(count)` says so. Returns their number, how many of them
// differ for which reason, and the differences without one, made as small as may be.
export async function compareMany({ seed, enough, chosen = kinds }) {
  const random = new Random(seed);
  const comparison = new Comparison();
  const known = new Map();
  const unknown = [];
  const isUnknown = async (input) => {
    return (await comparison.compare(input)).some((difference) => reasonOf(difference) === undefined);
  };
  let count = 0;
  while (!enough(count) && unknown.length < DIFFERENCES_SHOWN) {
    const inputs = Array.from({ length: AT_A_TIME }, () => {
      const kind = random.pick(chosen);
      return { kind, messages: randomInput(random, kind) };
    });
    for (const differences of await Promise.all(inputs.map((input) => comparison.compare(input)))) {
      const reasons = differences.map(reasonOf);
      if (reasons.includes(undefined)) {
        const smallest = await shrunk(differences[0].input, isUnknown);
        unknown.push((await comparison.compare(smallest)).find((one) => reasonOf(one) === undefined));
      } else {
        new Set(reasons).forEach((reason) => known.set(reason, (known.get(reason) ?? 0) + 1));
      }
    }
    count += inputs.length;
  }
  await comparison.stop();
  return { count, known, unknown };
}

export function describeDifference({ input: { kind, messages }, part, ours, node }) {
  const hex = messages.map((message) => message.toString("hex") || "''");
  return [
    `node differential/decoders.js ${kind.name} ${hex.join(" ")}`,
    `  input ${messages.map((message) => JSON.stringify(message.toString(kind.text ? "utf8" : "latin1"))).join(" ")}`,
    `  ${part}`,
    `  ours  ${JSON.stringify(ours)}`,
    `  node  ${JSON.stringify(node)}${kind.by === undefined ? "" : ` (${kind.by})`}`,
  ].join("\n");
}

async function showOne(input) {
  const comparison = new Comparison();
  const differences = await comparison.compare(input);
  await comparison.stop();
  for (const difference of differences) {
    console.log(describeDifference(difference));
    console.log(`  ${reasonOf(difference) ?? "NOT LISTED"}`);
  }
  if (differences.length === 0) {
    console.log(`the same: ${JSON.stringify(input.kind.decode(input.messages))}`);
  }
  return differences.every(reasonOf);
}

async function search({ seed, seconds, kind }) {
  const end = performance.now() + Number(seconds) * 1000;
  const chosen = kinds.filter(({ name }) => kind === undefined || name === kind);
  const { count, known, unknown } = await compareMany({
    seed: Number(seed), chosen, enough: () => performance.now() >= end,
  });
  console.log(`seed ${seed}: ${count} inputs`);
  known.forEach((times, reason) => console.log(`${String(times).padStart(8)}  ${reason}`));
  unknown.forEach((difference) => console.log(describeDifference(difference)));
  console.log(`${unknown.length} differences that are not listed`);
  return unknown.length === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    options: {
      seed: { type: "string", default: String(Date.now() % 1e9) },
      seconds: { type: "string", default: "60" },
      kind: { type: "string" },
    },
    allowPositionals: true,
  });
  const succeeded = positionals.length === 0 ? await search(values) : await showOne(inputFromHex(...positionals));
  process.exitCode = succeeded ? 0 : 1;
}
