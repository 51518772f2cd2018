import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const program = join(__dirname, '..', '..', 'build', 'Release', 'core_tests');

test('the C++ tests of the core pass', () => {
  const output = execFileSync(program, { encoding: 'utf8' });

  expect(output).toMatch(/^[1-9]\d* passed, 0 failed$/m);
});
