// docs/seeds.md names files: each of them is there.
import { test } from "node:test";
import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FOLDERS = {
  code: ["apps/chat", ""],
  tests: ["conformance/chat", "tests/apps/chat", ""],
};

// What looks like a path: `store/database.cpp`, `presence/`, `nest.test.js`.
function paths(cell) {
  const words = [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word);
  return words.filter(
    (word) =>
      /^[\w/-]+(\/|\.(cpp|hpp|js|json|yml|yaml|conf|cfg|test\.js))$/.test(word) && !word.startsWith("/"),
  );
}

const exists = (path, folders) => folders.some((folder) => existsSync(join(root, folder, path)));

test("docs/seeds.md names files that there are", () => {
  const rows = readFileSync(join(root, "docs/seeds.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "));
  const missing = [];
  let named = 0;
  for (const [, , code, tests] of rows.map((row) => row.split("|").map((cell) => cell.trim()))) {
    named += paths(code).length + paths(tests).length;
    missing.push(...paths(code).filter((path) => !exists(path, FOLDERS.code)));
    missing.push(...paths(tests).filter((path) => !exists(path, FOLDERS.tests)));
  }
  assert.ok(named > 100, `${named} paths`);
  assert.deepEqual(missing, []);
});
