import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What the nearest `package.json`, from the working directory upwards, says under `heaptide`; `undefined` when it says
 * nothing or cannot be read. Unchecked.
 */
export function manifestOptions(): unknown {
  try {
    return optionsAbove(process.cwd());
  } catch {
    // The working directory has been removed.
    return undefined;
  }
}

function optionsAbove(directory: string): unknown {
  const manifest = readManifest(directory);
  if (manifest !== undefined) return 'heaptide' in manifest ? manifest.heaptide : undefined;
  const parent = dirname(directory);
  return parent === directory ? undefined : optionsAbove(parent);
}

/** The manifest of exactly this directory. A broken one counts as empty: package managers tell about it. */
function readManifest(directory: string): object | undefined {
  let text: string;
  try {
    text = readFileSync(join(directory, 'package.json'), 'utf8');
  } catch {
    return undefined;
  }
  try {
    const manifest: unknown = JSON.parse(text);
    return typeof manifest === 'object' && manifest !== null ? manifest : {};
  } catch {
    return {};
  }
}
