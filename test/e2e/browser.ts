import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = process.env['HEAPTIDE_TEST_CHROMIUM'] ?? '/usr/bin/chromium';

/** Why browser tests cannot run here; `undefined` where they can. */
export const noBrowser = existsSync(EXECUTABLE)
  ? undefined
  : `no Chromium at ${EXECUTABLE}; HEAPTIDE_TEST_CHROMIUM names another place`;

/** Starts Chromium, which talks to nobody by itself. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
