import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** Where heaptide is. */
export interface PackageLocation {
  /** The folder with `prebuilds`: the package's root or, in an application's bundle, the bundle's folder. */
  readonly root: string;
  /** Scripts under this folder are heaptide itself. A bundle has no such scripts: the folder does not exist then. */
  readonly ownScripts: string;
}

/** An ES module that heaptide is bundled into has no `__dirname`. */
const HERE = typeof __dirname === 'string' ? __dirname : dirname(process.argv[1] ?? '.');

/** Where the running copy of heaptide is. */
export const PACKAGE: PackageLocation = locatePackage(HERE);

/**
 * Finds the package that a script in `folder` belongs to, which is the one with the nearest manifest. The script itself
 * can be anywhere in it: the build puts modules together in other files than their own.
 */
export function locatePackage(folder: string): PackageLocation {
  for (let root = folder; ; root = dirname(root)) {
    const name = packageName(root);
    if (name === 'heaptide') {
      const [top = ''] = relative(root, folder).split(sep);
      return { root, ownScripts: join(root, top) };
    }
    if (name !== undefined || root === dirname(root)) break;
  }
  return { root: folder, ownScripts: join(folder, 'node_modules', 'heaptide') };
}

/** Name in the manifest of a folder; empty when it has none, `undefined` where there is no manifest. */
function packageName(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  // Nearly always the folder of the script has none. To throw at each start would be costly.
  if (!existsSync(file)) return undefined;
  try {
    const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const isNamed = typeof manifest === 'object' && manifest !== null && 'name' in manifest;
    return isNamed ? String(manifest.name) : '';
  } catch {
    return undefined;
  }
}
