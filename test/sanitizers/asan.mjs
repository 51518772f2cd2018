// npm run test:asan: builds the addon and the C++ tests with AddressSanitizer and UndefinedBehaviorSanitizer and runs
// the native and lifecycle tests on them. Needs Linux and g++. The first finding ends the process that made it, and the
// test fails.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { WorkingCopy } from '../matrix/working-copy.mjs';

// Processes that are killed report nothing, and take long to be started.
const KILLED = ['--exclude', 'test/lifecycle/sigkill.test.ts'];
// Tests of how much memory a process takes: ASan takes some of its own.
const MEASURED = ['--testNamePattern', '^(?!.*(bounded memory|requests and readings of sites))'];
const given = process.argv.slice(2);
const tests = given.length > 0 ? given : ['test/native', 'test/lifecycle', ...KILLED, ...MEASURED];

const copy = await WorkingCopy.make('asan');
await copy.build(['--sanitize=address,undefined']);

// Leaks are looked for where all memory is ours; valgrind looks for those of the addon inside Node.js.
await copy.spawn(join('build', 'Release', 'core_tests'), [], options({ leaks: 1 }));
await copy.test(tests, { ...options({ leaks: 0 }), LD_PRELOAD: library('libasan.so') });
console.log('\nNo findings of ASan and UBSan.');

function options({ leaks }) {
  return {
    // Node.js reserves address space for WebAssembly and for V8's heap beyond any limit that ASan would set.
    ASAN_OPTIONS: `detect_leaks=${leaks}:detect_stack_use_after_return=1:abort_on_error=1`,
    UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1:abort_on_error=1',
  };
}

/** Node.js is not linked with the sanitizer, so that its library has to be there first. */
function library(name) {
  return execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();
}
