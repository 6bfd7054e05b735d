// A certificate for the servers with TLS, made when it is first asked for.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let folder;

// The files of the certificate and of its key, with a comma between them.
export function certificate() {
  const made = folder !== undefined;
  folder ??= mkdtempSync(join(tmpdir(), "sio-bench-"));
  const [cert, key] = ["cert.pem", "key.pem"].map((name) => join(folder, name));
  if (!made) {
    process.on("exit", () => rmSync(folder, { recursive: true }));
    const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    const names = ["-subj", "/CN=localhost", "-days", "1", "-keyout", key, "-out", cert];
    execFileSync("openssl", ["req", "-x509", ...kind, ...names], { stdio: "ignore" });
  }
  return `${cert},${key}`;
}
