// A real Chromium. CHROMIUM names another binary; without one the tests that need it are skipped:
// `describe("...", browserAvailable, ...)`.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const browserAvailable = existsSync(EXECUTABLE) ? {} : { skip: `${EXECUTABLE} is not installed` };

export function launchBrowser() {
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGUMENTS });
}
