// The cross-built binary under emulation. Needs Debian's g++-aarch64-linux-gnu and qemu-user-static, and a minute of
// compiling for each Node.js: set HEAPTIDE_TEST_ARM64=1.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { NODE_MAJORS, nodeVersion } from '../matrix/node-versions.mjs';
import { Project, packPackage } from './installed-package.js';

const run = promisify(execFile);
const BUILD = join(import.meta.dirname, '..', '..', 'native', 'prebuild', 'build.mjs');
const EMULATOR = ['-L', '/usr/aarch64-linux-gnu'];

const SERVICE = `
  const { EndpointProfiler, loadProfileData, profileEndpoint } = require('heaptide');
  const kept = [];
  function keep() {
    for (let i = 0; i < 2000; i++) kept.push(new Array(100).fill(i));
  }
  const profiler = EndpointProfiler.getInstance({
    enabled: true,
    sites: { sampleIntervalBytes: 4096, refreshMs: 0 },
  });
  const work = profileEndpoint('work')(keep);
  for (let i = 0; i < 50; i++) work();
  profiler.stop().then(() => loadProfileData('endpoint_profiles/work.json')).then((records) => {
    const { backend, internalErrors } = profiler.getStats();
    const [site] = records[0].topConsumers;
    console.log(process.arch, backend, internalErrors, records.length, site.function);
    process.exit();
  });`;

test.runIf(process.env['HEAPTIDE_TEST_ARM64'] !== undefined).each(NODE_MAJORS)(
  'profiles on Node.js %i for arm64',
  async (major) => {
    const { node } = await nodeVersion(major, { arch: 'arm64' });
    const project = await Project.make(await packPackage(), process.execPath);
    const installed = join(project.folder, 'node_modules', 'heaptide');
    await run(process.execPath, [
      BUILD,
      '--arch',
      'arm64',
      '--node',
      `${major}`,
      '--out',
      installed,
    ]);
    const service = await project.write('service.cjs', SERVICE);

    const { stdout } = await run('qemu-aarch64-static', [...EMULATOR, node, service], {
      cwd: project.folder,
    });

    expect(stdout).toBe('arm64 native 0 50 keep\n');
  },
  300_000,
);
