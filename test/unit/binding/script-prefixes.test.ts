import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scriptPrefixes } from '../../../lib/binding/script-prefixes.js';

test('names scripts by path and by the URL that Node.js gives them, for any folder', () => {
  const part = fc
    .string({ unit: fc.constantFrom(...'aZ09_.-~ %?#[]:;@&\\"é注'), minLength: 1, maxLength: 12 })
    .filter((name) => name !== '.' && name !== '..');
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
      const folder = sep + parts.join(sep);

      const prefixes = scriptPrefixes(folder);

      expect(prefixes).toEqual([folder + sep, pathToFileURL(folder + sep).href]);
    }),
  );
});
