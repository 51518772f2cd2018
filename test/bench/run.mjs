// npm run bench: prints every figure that the documentation quotes. Exits with 1 when one misses its bar by more than
// the noise of a shared machine explains; the gates are therefore twice as wide as the bars that are printed.
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';

const only = process.argv[2];
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.bench.mjs') && (only === undefined || name.startsWith(only)))
  .sort();

console.log(`Node.js ${process.version}, ${cpus().length} x ${cpus()[0].model}`);
let missed = 0;
for (const file of files) {
  const { run } = await import(`./${file}`);
  missed += await run();
}
console.log(missed === 0 ? '\nNo bar is missed.' : `\n${missed} bars missed.`);
process.exitCode = missed === 0 ? 0 : 1;
