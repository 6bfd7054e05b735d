// Which server the tests run against: SIO_TARGET=ours (default) or SIO_TARGET=reference.
import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

const conformanceFolder = fileURLToPath(new URL("..", import.meta.url));

export const target = process.env.SIO_TARGET ?? "ours";
if (target !== "ours" && target !== "reference") {
  throw new Error(`SIO_TARGET is "ours" or "reference", not "${target}"`);
}

export const isReference = target === "reference";

// Options for test() and describe() where the reference has a defect that is not to be copied, or
// lacks a guard: `test("...", oursOnly("it never times out after an upgrade"), ...)`.
export function oursOnly(why) {
  return isReference ? { skip: `not against the reference: ${why}` } : {};
}

export function commandLine(flags, threads, reference = isReference) {
  const words = Object.entries(flags).flatMap(([name, value]) => [flagName(name), flagValue(value)]);
  if (reference) {
    return { program: process.execPath, args: [resolve(conformanceFolder, "reference/server.js"), ...words] };
  }
  const binary = process.env.SIO_SERVER ?? "../build/release/bin/sio_conformance_server";
  return { program: resolve(conformanceFolder, binary), args: [...words, "--threads", String(threads)] };
}

function flagName(name) {
  return "--" + name.replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());
}

function flagValue(value) {
  if (typeof value === "boolean") {
    return value ? "on" : "off";
  }
  return Array.isArray(value) ? value.join(",") : String(value);
}
