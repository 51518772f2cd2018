import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory, writeRuns } from '../support/profile-directory.js';
import { simulate } from '../support/synthetic-run.js';
import { heaptide } from './command-line.js';

const FORMULA = '=HYPERLINK("x")';

let root = '';
let directory = '';
/** What the last floor of the run holds. */
let expected = { bytes: 0, count: 0 };

beforeAll(async () => {
  root = await temporaryDirectory();
  directory = join(root, 'profiles');
  const endpoints = [
    { name: 'GET /leak', heapBytes: 2000 },
    { name: 'POST /files', externalBytes: 40_000 },
    { name: FORMULA, cacheBytes: 4000, cacheLimit: 3_000_000 },
  ];
  const run = simulate({ floors: 300, endpoints });
  await writeRuns(directory, [run]);
  const sites = run.timeline.findLast((entry) => entry.sites !== undefined)?.sites ?? [];
  expected = {
    bytes: sites.reduce((sum, { liveBytes }) => sum + liveBytes, 0),
    count: sites.reduce((sum, { liveCount }) => sum + liveCount, 0),
  };
});

afterAll(() => rm(root, { recursive: true }));

const exportAs = async (format: string) =>
  (await heaptide('export', directory, '--format', format)).stdout;

describe('pprof', () => {
  const decode = async () => Profile.decode(gunzipSync(await exportAs('pprof')));

  test('holds live bytes and objects of every stack, space by default', async () => {
    const profile = await decode();

    const text = (index: number | bigint) => profile.stringTable.strings[Number(index)];
    const types = profile.sampleType.map(({ type, unit }) => [text(type), text(unit)]);
    const total = (at: number) =>
      profile.sample.reduce((sum, { value }) => sum + Number(value[at] ?? 0), 0);
    expect(types).toEqual([
      ['inuse_objects', 'count'],
      ['inuse_space', 'bytes'],
    ]);
    expect(text(profile.defaultSampleType)).toBe('inuse_space');
    expect([total(0), total(1)]).toEqual([expected.count, expected.bytes]);
    expect(profile.period).toBe(131_072);
  });

  test('labels each stack with its endpoint', async () => {
    const profile = await decode();

    const text = (index: number | bigint) => profile.stringTable.strings[Number(index)];
    const labels = profile.sample.map(({ label }) =>
      label.map(({ key, str }) => [text(key), text(str)]),
    );
    expect(new Set(labels.map(String))).toEqual(
      new Set(['endpoint,GET /leak', 'endpoint,POST /files', `endpoint,${FORMULA}`]),
    );
  });

  test('names functions, files and the lines on which they start, innermost first', async () => {
    const profile = await decode();

    const text = (index: number | bigint) => profile.stringTable.strings[Number(index)];
    const [sample] = profile.sample;
    const frames = sample?.locationId.map((id) => {
      const location = profile.location.find((one) => one.id === id);
      const line = location?.line[0];
      const fn = profile.function.find((one) => one.id === line?.functionId);
      return `${text(fn?.name ?? 0)} ${text(fn?.filename ?? 0)}:${line?.line}`;
    });
    expect(frames).toEqual([
      'keepGET_leak /srv/app/store.js:100',
      'handleGET_leak /srv/app/routes.js:10',
      'listen node:http:1',
    ]);
  });
});

describe('.heapprofile', () => {
  test('is what the DevTools protocol defines', async () => {
    const profile: unknown = JSON.parse((await exportAs('heapprofile')).toString());

    const problems = validate(profile, 'SamplingHeapProfile', await heapProfilerTypes());

    expect(problems).toEqual([]);
  });

  test('adds up to the same bytes, in its nodes and in its samples', async () => {
    const { head, samples } = JSON.parse((await exportAs('heapprofile')).toString());

    expect(selfSizes(head)).toBe(expected.bytes);
    expect(samples.reduce((sum: number, { size }: { size: number }) => sum + size, 0)).toBe(
      expected.bytes,
    );
  });
});

describe('CSV', () => {
  test('has a row for each stack, with the same totals', async () => {
    const [header, ...rows] = (await exportAs('csv')).toString().trimEnd().split('\r\n');

    const numbers = rows.map((row) => row.split(',').slice(0, 2).map(Number));
    expect(header).toBe('live_bytes,live_count,function,file,line,column,endpoint,stack');
    expect(numbers.reduce((sum, [bytes = 0]) => sum + bytes, 0)).toBe(expected.bytes);
    expect(numbers.reduce((sum, [, count = 0]) => sum + count, 0)).toBe(expected.count);
    expect(rows[0]).toContain(
      '"keepGET_leak","/srv/app/store.js",100,5,"GET /leak","handleGET_leak',
    );
  });

  test('holds nothing that a spreadsheet would run', async () => {
    const text = (await exportAs('csv')).toString();

    expect(text).toContain('"\'=HYPERLINK(""x"")"');
    expect(text).not.toContain('"=');
  });
});

describe('Markdown', () => {
  test('is short, begins with the verdict, and tells the same total', async () => {
    const text = (await exportAs('markdown')).toString();

    const total = String(expected.bytes).replaceAll(/\B(?=(\d{3})+$)/g, ',');
    expect(text).toMatch(/^## heaptide: leak\n\n\*\*.*GET \/leak /);
    expect(text).toContain(`${total} bytes in `);
    expect(text).toMatch(
      /- `keepGET_leak` at `app\/store\.js:100:5`: \+[\d.]+ MB, live [\d.]+ MB \([\d.]+-[\d.]+\)/,
    );
    expect(text.split('\n').length).toBeLessThan(60);
  });

  test('needs no stacks', async () => {
    const bare = join(root, 'bare');
    const run = simulate({ endpoints: [{ name: 'GET /fine' }] });
    await writeRuns(bare, [
      { ...run, timeline: run.timeline.map(({ sites: _, ...entry }) => entry) },
    ]);

    const { code, stdout } = await heaptide('export', bare, '--format', 'markdown');
    const refused = await heaptide('export', bare, '--format', 'pprof');

    expect([code, stdout.toString().startsWith('## heaptide: stable')]).toEqual([0, true]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^error: .*bare holds no live stacks/);
  });
});

describe('heaptide export', () => {
  test('writes to a file', async () => {
    const output = join(root, 'out.csv');

    const { code, stdout } = await heaptide('export', directory, '--format', 'csv', '-o', output);

    expect([code, stdout.length]).toEqual([0, 0]);
    expect(await readFile(output, 'utf8')).toBe((await exportAs('csv')).toString());
  });

  test.each([['--format', 'svg'], []])('does not take %s %s for a format', async (...flags) => {
    const { code } = await heaptide('export', directory, ...flags);

    expect(code).toBe(2);
  });
});

interface HeapNode {
  readonly selfSize: number;
  readonly children: readonly HeapNode[];
}

function selfSizes({ selfSize, children }: HeapNode): number {
  return children.reduce((sum, child) => sum + selfSizes(child), selfSize);
}

/** A type of the DevTools protocol, as far as profiles use them. */
interface ProtocolType {
  readonly id?: string;
  readonly name?: string;
  readonly type?: string;
  readonly $ref?: string;
  readonly optional?: boolean;
  readonly properties?: readonly ProtocolType[];
  readonly items?: ProtocolType;
}

/** The types that a running inspector says it has. */
async function heapProfilerTypes(): Promise<ReadonlyMap<string, ProtocolType>> {
  const child = spawn(process.execPath, [
    '--inspect=127.0.0.1:0',
    '-e',
    'setInterval(() => {}, 1e6)',
  ]);
  try {
    const [banner] = await once(child.stderr, 'data');
    const port = /ws:\/\/127\.0\.0\.1:(\d+)/.exec(String(banner))?.[1];
    const response = await fetch(`http://127.0.0.1:${port}/json/protocol`);
    const { domains }: { domains: { domain: string; types?: ProtocolType[] }[] } = JSON.parse(
      await response.text(),
    );
    return new Map(
      domains.flatMap(({ domain, types = [] }) =>
        types.flatMap((type): [string, ProtocolType][] => [
          [`${domain}.${type.id}`, type],
          ...(['HeapProfiler', 'Runtime'].includes(domain)
            ? [[String(type.id), type] as [string, ProtocolType]]
            : []),
        ]),
      ),
    );
  } finally {
    child.kill();
  }
}

/** In what a value differs from a type of the protocol. */
function validate(
  value: unknown,
  reference: string,
  types: ReadonlyMap<string, ProtocolType>,
  path = reference,
): readonly string[] {
  return validateType(value, types.get(reference) ?? { type: 'missing' }, types, path);
}

function validateType(
  value: unknown,
  { $ref, type, properties, items }: ProtocolType,
  types: ReadonlyMap<string, ProtocolType>,
  path: string,
): readonly string[] {
  if ($ref !== undefined) return validate(value, $ref, types, path);
  if (type === 'array') {
    if (!Array.isArray(value) || items === undefined) return [`${path} is no array`];
    return value.flatMap((item, index) => validateType(item, items, types, `${path}[${index}]`));
  }
  if (type === 'object') {
    const record = new Map(Object.entries(value ?? {}));
    const known = new Set((properties ?? []).map(({ name }) => name));
    const unknown = [...record.keys()].filter((key) => !known.has(key));
    return [
      ...unknown.map((key) => `${path}.${key} is not known`),
      ...(properties ?? []).flatMap((property) => {
        const { name = '', optional } = property;
        if (optional === true && !record.has(name)) return [];
        return validateType(record.get(name), property, types, `${path}.${name}`);
      }),
    ];
  }
  if (type === 'integer') return Number.isInteger(value) ? [] : [`${path} is no integer`];
  return typeof value === type ? [] : [`${path} is no ${type}`];
}
