// npm run test:valgrind: runs the C++ tests and the programs that use the addon most under valgrind's memcheck. Needs
// Linux and valgrind; takes a few minutes, since it executes Node.js about thirty times slower.
import { join } from 'node:path';
import { WorkingCopy } from '../matrix/working-copy.mjs';

const SUPPRESSIONS = join('test', 'sanitizers', 'valgrind.supp');
const MEMCHECK = ['--quiet', '--error-exitcode=1', `--suppressions=${SUPPRESSIONS}`];
const FIXTURES = join('test', 'native', 'fixtures');

const copy = await WorkingCopy.make('valgrind');
await copy.build();

const tests = join('build', 'Release', 'core_tests');
await copy.spawn('valgrind', [...MEMCHECK, '--leak-check=full', tests]);

// V8 compiles code into memory and changes it there, which valgrind has to be told.
const node = [...MEMCHECK, '--smc-check=all-non-file', copy.node, '--expose-gc'];
for (const fixture of ['sites.mjs', 'gc-counts.mjs', 'function-locations.mjs']) {
  console.log(fixture);
  await copy.spawn('valgrind', [...node, join(FIXTURES, fixture)]);
}
console.log('\nNo findings of valgrind.');
