// Puts the browser files of socket.io-client into a folder, each also compressed, for servers to
// hand out: `node client_bundle.mjs <folder>`. Does nothing when they are there.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const VERSION = "4.8.4";
const SHA512 =
  "7wjKAvVXYOJsbmUgkWbnhPD4bFpkqrUR0++XOjpGFmqDqsqV1CI93VTraeExLxpjxEqrWgFoSRZu1ihjLWfkAA==";
const FILES = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js", "socket.io.msgpack.min.js"];

function download(into) {
  const [{ filename }] = JSON.parse(
    execFileSync("npm", ["pack", `socket.io-client@${VERSION}`, "--json", "--pack-destination", into]),
  );
  const archive = join(into, filename);
  const digest = createHash("sha512").update(readFileSync(archive)).digest("base64");
  if (digest !== SHA512) {
    throw new Error(`socket.io-client ${VERSION} has the SHA-512 ${digest}, not ${SHA512}`);
  }
  execFileSync("tar", ["-xzf", archive, "-C", into]);
  return join(into, "package", "dist");
}

function writeCompressed(path, content) {
  const { BROTLI_PARAM_MODE, BROTLI_MODE_TEXT } = constants;
  writeFileSync(path, content);
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [BROTLI_PARAM_MODE]: BROTLI_MODE_TEXT } }));
}

function fetchBundle(folder) {
  mkdirSync(dirname(folder), { recursive: true });
  const scratch = mkdtempSync(`${folder}-`);
  try {
    const dist = download(scratch);
    const bundle = join(scratch, "bundle");
    mkdirSync(bundle);
    for (const name of FILES.flatMap((file) => [file, `${file}.map`])) {
      writeCompressed(join(bundle, name), readFileSync(join(dist, name)));
    }
    writeFileSync(join(bundle, "version"), `${VERSION}\n`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(bundle, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const folder = resolve(process.argv[2]);
const versionFile = join(folder, "version");
if (!existsSync(versionFile) || readFileSync(versionFile, "utf8").trim() !== VERSION) {
  fetchBundle(folder);
}
