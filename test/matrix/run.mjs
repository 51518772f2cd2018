// npm run test:matrix: builds the addon for every supported Node.js and runs the native, lifecycle and package tests on
// it. Nothing of the checkout's own build is touched.
//
//   npm run test:matrix                            all majors
//   npm run test:matrix -- --node 20 --node 26     some
//   npm run test:matrix -- test/native             some tests
import { parseArgs } from 'node:util';
import { NODE_MAJORS, nodeVersion } from './node-versions.mjs';
import { WorkingCopy } from './working-copy.mjs';

const { values, positionals } = parseArgs({
  options: { node: { type: 'string', multiple: true } },
  allowPositionals: true,
});
const majors = values.node?.map(Number) ?? NODE_MAJORS;
const folders =
  positionals.length > 0 ? positionals : ['test/native', 'test/lifecycle', 'test/package'];

const results = [];
for (const major of majors) {
  const { node, home, version } = await nodeVersion(major);
  console.log(`\nNode.js ${version}`);
  try {
    const copy = await WorkingCopy.make(`node-${major}`, { node, home });
    await copy.build();
    await copy.test(folders);
    results.push({ version, passed: true });
  } catch (error) {
    console.error(error.message);
    results.push({ version, passed: false });
  }
}

console.log();
for (const { version, passed } of results) {
  console.log(`Node.js ${version.padEnd(10)} ${passed ? 'passed' : 'failed'}`);
}
process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
