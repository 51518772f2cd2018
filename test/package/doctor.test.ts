// `heaptide doctor` and `heaptide build`, in a project that has the package installed.
import { execFile } from 'node:child_process';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Project, packPackage, testsAllNodes } from './installed-package.js';

interface Outcome {
  readonly code: number;
  readonly stdout: string;
}

let project: Project;

beforeAll(async () => {
  project = await Project.make(await packPackage(), process.execPath);
});

function heaptide(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const command = join(project.folder, 'node_modules', '.bin', 'heaptide');
  const options = { cwd: project.folder, env: { ...process.env, ...env } };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [command, ...args], options, (_, stdout) =>
      resolve({ code: child.exitCode ?? -1, stdout }),
    );
  });
}

test('prints what heaptide uses, and marks nothing where all works', async () => {
  const { code, stdout } = await heaptide(['doctor', 'profiles']);

  expect(code).toBe(0);
  expect(stdout).toMatch(/^ {2}platform {3}\w+-\w+/m);
  expect(stdout).toMatch(new RegExp(`^ {2}node .*ABI ${process.versions.modules}$`, 'm'));
  expect(stdout).toMatch(/^ {2}backend {4}native$/m);
  expect(stdout).toMatch(/^ {2}binary .*heaptide\.abi\d+.*\.node$/m);
  expect(stdout).toMatch(/^ {2}sampler {4}works: heaptide runs it$/m);
  expect(stdout).toMatch(/^ {2}directory .*profiles, writable$/m);
});

test('marks a directory that cannot be written', async () => {
  const file = await project.write('a-file', '');

  const { code, stdout } = await heaptide(['doctor', join(file, 'profiles')]);

  expect(code).toBe(2);
  expect(stdout).toMatch(/^! directory .*not writable: ENOTDIR$/m);
});

test('marks a file in the place of the directory, given or configured', async () => {
  const file = await project.write('taken', '');

  const outcomes = [
    await heaptide(['doctor', file]),
    await heaptide(['doctor'], { HEAPTIDE_PROFILE_OUTPUT_DIR: file }),
  ];

  for (const { code, stdout } of outcomes) {
    expect(code).toBe(2);
    expect(stdout).toMatch(/^! directory .*taken, not writable: ENOTDIR$/m);
  }
});

test('marks a link that leads nowhere, and takes one that leads to a directory', async () => {
  const [nowhere, here] = [join(project.folder, 'nowhere'), join(project.folder, 'here')];
  await symlink(join(project.folder, 'missing'), nowhere);
  await symlink(project.folder, here, 'dir');

  const lost = [
    await heaptide(['doctor', nowhere]),
    await heaptide(['doctor', join(nowhere, 'a')]),
  ];
  const found = await heaptide(['doctor', join(here, 'a', 'b')]);

  for (const { code, stdout } of lost) {
    expect(code).toBe(2);
    expect(stdout).toMatch(/^! directory .*not writable: the link \S+nowhere leads nowhere$/m);
  }
  expect(found.code).toBe(0);
  expect(found.stdout).toMatch(/^ {2}directory .*b, writable$/m);
});

test('takes the directory from the environment', async () => {
  const env = { HEAPTIDE_PROFILE_OUTPUT_DIR: join(project.folder, 'elsewhere') };

  const { stdout } = await heaptide(['doctor', '--json'], env);

  expect(JSON.parse(stdout).directory).toBe(`${env.HEAPTIDE_PROFILE_OUTPUT_DIR}, writable`);
});

test('tells of an agent that samples already', async () => {
  const agent = await project.write(
    'agent.cjs',
    `const { Session } = require('node:inspector');
     const session = new Session();
     session.connect();
     session.post('HeapProfiler.startSampling', { samplingInterval: 4096 });`,
  );

  const { stdout } = await heaptide(['doctor'], { NODE_OPTIONS: `--require ${agent}` });

  expect(stdout).toMatch(/^ {2}sampler {4}works: another agent runs it/m);
});

test('lists the paths that were tried where no binary fits', async () => {
  const installed = join(project.folder, 'node_modules', 'heaptide');
  await rm(join(installed, 'prebuilds'), { recursive: true });

  const { code, stdout } = await heaptide(['doctor']);

  expect(code).toBe(2);
  expect(stdout).toMatch(/^! backend {4}fallback$/m);
  expect(stdout).toContain(join(installed, 'build'));
  expect(stdout).toContain(join(installed, 'prebuilds'));
});

// Compiling takes minutes on a busy machine.
test.runIf(testsAllNodes)(
  'builds a binary where none fits, which is used from then on',
  async () => {
    const { code, stdout } = await heaptide(['build']);

    expect([code, stdout]).toEqual([0, expect.stringContaining('Built ')]);
    expect((await heaptide(['doctor', '--json'])).stdout).toContain('"backend":"native"');
  },
  600_000,
);
