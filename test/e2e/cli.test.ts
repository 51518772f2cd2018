import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory, writeRuns } from '../support/profile-directory.js';
import { simulate } from '../support/synthetic-run.js';

const MAIN = join(__dirname, '../../dist/cli/main.js');
const run = promisify(execFile);

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in a process of its own. */
async function heaptide(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const options = { env: { PATH: process.env.PATH, ...env }, maxBuffer: 1e8 };
  const child = run(process.execPath, [MAIN, ...args], options);
  const code = new Promise<number>((resolve) =>
    child.child.once('close', (exit) => resolve(exit ?? -1)),
  );
  const { stdout, stderr } = await child.catch((error: Outcome) => error);
  return { code: await code, stdout, stderr };
}

let root = '';
const leaky = () => join(root, 'leaky');
const healthy = () => join(root, 'healthy');
const leakyFile = () => join(leaky(), 'handleGET_leak.json');

beforeAll(async () => {
  root = await temporaryDirectory();
  const endpoints = [{ name: 'GET /leak', heapBytes: 2000 }, { name: 'GET /fine' }];
  await writeRuns(leaky(), [simulate({ floors: 300, endpoints })]);
  await writeRuns(healthy(), [
    simulate({ floors: 300, endpoints: [{ name: 'GET /fine' }, { name: 'GET /well' }] }),
  ]);
});

afterAll(() => rm(root, { recursive: true }));

describe('heaptide DIR', () => {
  test('prints the verdict, the endpoint and the function', async () => {
    const { code, stdout, stderr } = await heaptide([leaky()]);

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^LEAK\nGET \/leak leaks 1\.9\d KB\/request \(.*\), retained by keepGET_leak/,
    );
    expect(stdout).toMatch(/GET \/fine +stable/);
  });

  test('leaves out a file that holds no profiles, and says so', async () => {
    const directory = join(root, 'mixed');
    await writeRuns(directory, [simulate({ endpoints: [{ name: 'GET /a' }] })]);
    await writeFile(join(directory, 'notes.json'), '{"todo": "rest"}');

    const { code, stdout } = await heaptide([directory, '--json']);

    const report = JSON.parse(stdout);
    expect([code, report.endpoints.length]).toEqual([0, 1]);
    expect(report.warnings.join()).toContain('notes.json');
  });

  test.skipIf(process.platform === 'win32')('leaves out what is no file, and says so', async () => {
    const directory = join(root, 'odd');
    await writeRuns(directory, [simulate({ endpoints: [{ name: 'GET /a' }] })]);
    const odd = ['archive.json', 'pipe.json', 'loop.json', 'nowhere.json'].map((name) =>
      join(directory, name),
    );
    const [archive = '', pipe = '', loop = '', nowhere = ''] = odd;
    await mkdir(archive);
    await mkdir(join(directory, '_timeline~2.json'));
    await run('mkfifo', [pipe, join(directory, '_endpoints~2.json')]);
    await symlink(loop, loop);
    await symlink('nothing-here', nowhere);

    const { code, stdout, stderr } = await heaptide([directory, '--json']);
    const whole = await heaptide([directory]);

    expect([code, stderr, whole.code]).toEqual([0, '', 0]);
    const report = JSON.parse(stdout);
    expect(report.endpoints.map((one: { endpoint: string }) => one.endpoint)).toEqual(['GET /a']);
    for (const path of [...odd, '_timeline~2.json', '_endpoints~2.json']) {
      expect(report.warnings.join()).toContain(path);
    }
  });

  test('is what the analyze command does', async () => {
    const [short, long] = await Promise.all([heaptide([leaky()]), heaptide(['analyze', leaky()])]);

    expect(short.stdout).toBe(long.stdout);
  });

  test('prints JSON that scripts can rely on', async () => {
    const { stdout } = await heaptide([leaky(), '--json']);

    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ schema: 'heaptide.analysis/1', verdict: 'leak' });
    expect(report.runs).toMatchObject([{ run: 'r1', ended: 'clean' }]);
    expect(report.endpoints.map((one: { endpoint: string }) => one.endpoint)).toEqual([
      'GET /leak',
      'GET /fine',
    ]);
  });

  test('writes nothing into the directory', async () => {
    const before = await readFile(join(leaky(), '_timeline.json'), 'utf8');

    await heaptide([leaky()]);

    expect(await readFile(join(leaky(), '_timeline.json'), 'utf8')).toBe(before);
  });

  test('reads the files of several processes as one endpoint', async () => {
    const directory = join(root, 'cluster');
    const endpoints = [{ name: 'GET /a' }];
    await writeRuns(directory, [
      simulate({ run: 'one', endpoints }),
      simulate({ run: 'two', endpoints }),
    ]);

    const { stdout } = await heaptide([directory, '--json']);

    const report = JSON.parse(stdout);
    expect(report.endpoints).toHaveLength(1);
    expect(report.runs).toHaveLength(2);
  });
});

describe('heaptide FILE', () => {
  test('puts the figures of the endpoint at the top level', async () => {
    const { stdout } = await heaptide([leakyFile(), '--json']);

    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      endpoint: 'GET /leak',
      verdict: 'leak',
      leak_detected: true,
      unattributed_share: 0,
    });
    expect(report.endpoints).toHaveLength(1);
    expect(report.endpoints[0].share).toBeUndefined();
    for (const key of [
      'request_count',
      'memory_min_mb',
      'memory_max_mb',
      'memory_mean_mb',
      'memory_median_mb',
      'growth_rate_mb_per_request',
    ]) {
      expect(report[key], key).toEqual(expect.any(Number));
    }
    expect(report.top_consumers.length).toBeGreaterThan(0);
  });

  test('clears a healthy endpoint of a service that leaks elsewhere', async () => {
    const { code, stdout } = await heaptide([
      join(leaky(), 'handleGET_fine.json'),
      '--json',
      '--fail-on-leak',
    ]);

    const report = JSON.parse(stdout);
    expect([code, report.verdict, report.leak_detected]).toEqual([0, 'stable', false]);
    expect(report.trends.heap.verdict).toBe('leak');
  });

  test('takes floors from the records when there is no timeline beside the file', async () => {
    const alone = join(root, 'alone');
    await mkdir(alone);
    await copyFile(leakyFile(), join(alone, 'chat.json'));

    const { code, stdout } = await heaptide([join(alone, 'chat.json'), '--json']);

    const report = JSON.parse(stdout);
    expect([code, report.endpoint]).toEqual([0, 'chat']);
    expect(report.trends.heap.points).toBeGreaterThan(200);
    expect(report.warnings.join()).toContain('There is no timeline');
  });

  test.skipIf(process.platform === 'win32')('may be a link, but not a pipe', async () => {
    const directory = join(root, 'named');
    const [link, pipe] = [join(directory, 'link.json'), join(directory, 'pipe.json')];
    await mkdir(directory);
    await symlink(leakyFile(), link);
    await run('mkfifo', [pipe]);

    const [linked, piped] = await Promise.all([heaptide([link, '--json']), heaptide([pipe])]);

    expect([linked.code, JSON.parse(linked.stdout).endpoint]).toEqual([0, 'link']);
    expect([piped.code, piped.stderr]).toEqual([
      2,
      `error: Not a heaptide profile file: ${pipe}: it is not a regular file\n`,
    ]);
  });

  test('counts damaged records and goes on', async () => {
    const directory = join(root, 'damaged');
    await mkdir(directory);
    const lines = (await readFile(leakyFile(), 'utf8')).split('\n');
    lines[5] = '{"request_id": "r1-5", "memory_mb": -3},';
    lines[6] = '{"request_id": "r1-';
    await writeFile(join(directory, 'a.json'), lines.join('\n'));

    const { code, stdout } = await heaptide([join(directory, 'a.json'), '--json']);

    const report = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(report.skipped_records).toBeGreaterThanOrEqual(2);
    expect(report.warnings.join()).toContain('not usable');
  });

  test('limits the rows of its lists', async () => {
    const { stdout } = await heaptide([leakyFile(), '--json', '--growth', '0', '--top', '1']);

    const report = JSON.parse(stdout);
    expect([report.growing_sites.length, report.top_consumers.length]).toEqual([0, 1]);
  });
});

describe('exit codes', () => {
  test('are 1 for a leak only when that is asked for', async () => {
    const [asked, unasked, none] = await Promise.all([
      heaptide([leaky(), '--fail-on-leak']),
      heaptide([leaky()]),
      heaptide([healthy(), '--fail-on-leak']),
    ]);

    expect([asked.code, unasked.code, none.code]).toEqual([1, 0, 0]);
  });

  test.each([
    ['an unknown option', ['x', '--bogus'], "unknown option '--bogus'"],
    ['a negative number of rows', ['x', '--growth', '-3'], "argument '-3' is invalid"],
    ['a fraction of rows', ['x', '--top', '1.5'], "argument '1.5' is invalid"],
    ['rows in words', ['x', '--top', 'many'], "argument 'many' is invalid"],
    ['an empty number of rows', ['x', '--top='], 'is invalid'],
    ['two paths', ['x', 'y'], 'too many arguments'],
    ['no path', [], 'missing required argument'],
    [
      'a path that is not there',
      ['/no/such/file.json'],
      '/no/such/file.json: no such file or directory',
    ],
    ['a file that holds no profiles', [MAIN], 'main.js'],
  ])('are 2 with one line on standard error for %s', async (_, args, message) => {
    const { code, stdout, stderr } = await heaptide(args);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).toContain(message);
  });

  test('are 2 for a directory without profiles', async () => {
    const empty = join(root, 'empty');
    await mkdir(empty);

    const { code, stderr } = await heaptide([empty]);

    expect(code).toBe(2);
    expect(stderr).toContain(`${empty} holds no profiles`);
  });

  test('are 0 for help and version', async () => {
    const [help, version] = await Promise.all([heaptide(['--help']), heaptide(['--version'])]);

    const manifest = JSON.parse(await readFile(join(__dirname, '../../package.json'), 'utf8'));
    expect([help.code, version.code]).toEqual([0, 0]);
    expect(help.stdout).toContain('Exit codes');
    expect(version.stdout).toBe(`${manifest.version}\n`);
  });
});

describe('output', () => {
  test('has no colors in a pipe, not even in CI, but when forced', async () => {
    const [piped, ci, forced, refused] = await Promise.all([
      heaptide([leaky()]),
      heaptide([leaky()], { CI: 'true' }),
      heaptide([leaky()], { FORCE_COLOR: '1' }),
      heaptide([leaky()], { FORCE_COLOR: '1', NO_COLOR: '1' }),
    ]);

    const hasColor = [piped, ci, forced, refused].map(({ stdout }) => stdout.includes('\u001b['));
    expect(hasColor).toEqual([false, false, true, false]);
  });

  test.skipIf(process.platform !== 'linux')(
    'says so when the output cannot be written',
    async () => {
      const command = `"${process.execPath}" "${MAIN}" "${leaky()}" --json > /dev/full`;

      const failure = await run('bash', ['-c', command]).catch((error: Outcome) => error);

      expect(failure).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Cannot write the report'),
      });
    },
  );

  test('is cut off without complaint when the reader closes the pipe', async () => {
    const command = `"${process.execPath}" "${MAIN}" "${leaky()}" --json | head -c 10; exit \${PIPESTATUS[0]}`;

    const { stdout, stderr } = await run('bash', ['-c', command]);

    expect([stdout, stderr]).toEqual(['{\n  "schem', '']);
  });
});

describe('a file of a million profiles', () => {
  test('is analyzed in less than 150 MB', async () => {
    const directory = join(root, 'huge');
    await mkdir(directory);
    const file = join(directory, 'huge.json');
    const lines = (await readFile(leakyFile(), 'utf8')).split('\n').slice(1, -2).join('\n');
    const copies = Math.ceil(1_000_000 / lines.split('\n').length);
    await writeFile(file, '[\n');
    for (let copy = 0; copy < copies; copy++) {
      await writeFile(file, `${lines}${copy < copies - 1 ? ',' : ''}\n`, { flag: 'a' });
    }
    await writeFile(file, ']\n', { flag: 'a' });
    const script = `process.argv.splice(1, 0, process.execPath);
      process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)));
      require(${JSON.stringify(MAIN)});`;

    const { stdout, stderr } = await run(process.execPath, ['-e', script, file, '--json'], {
      maxBuffer: 1e8,
    });

    expect(JSON.parse(stdout).request_count).toBeGreaterThanOrEqual(1_000_000);
    // maxRSS is in KB.
    expect(Number(stderr)).toBeLessThan(150 * 1024);
  });
});
