import { describe, expect, test } from 'vitest';
import { originOf } from '../../../../lib/analysis/sites/origin.js';

describe('originOf', () => {
  test.each([
    ['/srv/app/routes.js', 'app', ''],
    ['file:///srv/app/routes.mjs', 'app', ''],
    ['/srv/node_modules/express/lib/router.js', 'package', 'express'],
    ['/srv/node_modules/a/node_modules/@scope/b/index.js', 'package', '@scope/b'],
    ['C:\\srv\\node_modules\\@scope\\b\\index.js', 'package', '@scope/b'],
    ['node:internal/timers', 'node', 'node:internal/timers'],
    ['', 'builtin', ''],
  ])('classifies %j', (file, kind, name) => {
    expect(originOf({ file })).toEqual({ kind, name });
  });
});
