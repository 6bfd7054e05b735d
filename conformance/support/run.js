// Runs the tests: `node support/run.js [--] [folder or file ...]`, all folders when none is named.
// Every file is a process of its own; SIO_JOBS (default: the number of cores) run side by side.
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join, resolve } from "node:path";

const root = fileURLToPath(new URL("..", import.meta.url));
const SKIPPED = new Set(["node_modules", "support", "reference", "server"]);

function testFiles(path) {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() ? !SKIPPED.has(entry.name) : entry.name.endsWith(".test.js")))
    .flatMap((entry) => testFiles(join(path, entry.name)))
    .sort();
}

// A file that has not ended by then never will.
const FILE_DEADLINE_MS = 600_000;

const named = process.argv.slice(2).filter((word) => word !== "--");
const files = (named.length === 0 ? [root] : named.map((name) => resolve(name))).flatMap(testFiles);
const jobs = process.env.SIO_JOBS ?? availableParallelism();
const { status } = spawnSync(
  process.execPath,
  [
    "--test",
    `--test-concurrency=${jobs}`,
    `--test-timeout=${FILE_DEADLINE_MS}`,
    "--test-reporter=spec",
    ...files,
  ],
  { stdio: "inherit" },
);
process.exit(status ?? 1);
